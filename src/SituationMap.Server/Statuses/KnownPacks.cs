using System.IO.Hashing;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;

namespace SituationMap.Server.Statuses;

/// <summary>
/// Digests of the packs that this process gave lately, by their tags, so that whoever has one of them is told only what has changed in it.
/// What is due changes with the clock and with reports that change no status, neither of which the feed counts: so packs are compared as
/// they were given, and named by what is in them. Where a pack is not known any more, or another process gave it, the whole one is given.
/// </summary>
internal sealed class KnownPacks(IOptions<JsonOptions> json) : IDisposable
{
    /// <summary>Homes of packs that are known at once, of 16 bytes each: a day of a city's rounds.</summary>
    private const int MaxHomes = 2_000_000;

    private readonly MemoryCache _digests = new(new MemoryCacheOptions { SizeLimit = MaxHomes });

    /// <summary>The tag of a whole pack, and what is to be put into one that was given under another tag: only its homes that have changed,
    /// or the whole pack.</summary>
    /// <param name="since">The tag of what is there already, as it was given; null: nothing is.</param>
    public (string Tag, WorkPackResponse Changed) Add(WorkPackResponse pack, string? since)
    {
        var digests = Digests.Of(pack, json.Value.SerializerOptions);
        _digests.Set(digests.Tag, digests, new MemoryCacheEntryOptions { Size = digests.Homes.Length + 1 });
        if (since is null || _digests.Get<Digests>(since) is not { } had || had.Doors != digests.Doors)
            return (digests.Tag, pack);
        var changed = HomesOf(pack).Where((_, index) => had.Homes[index] != digests.Homes[index]).ToHashSet();
        var buildings = pack.Buildings.Select(building => building with { Homes = [.. building.Homes.Where(changed.Contains)] });
        return (digests.Tag, pack with { Since = since, Buildings = [.. buildings.Where(building => building.Homes.Count > 0)] });
    }

    private static IEnumerable<PackedHomeResponse> HomesOf(WorkPackResponse pack) => pack.Buildings.SelectMany(building => building.Homes);

    public void Dispose() => _digests.Dispose();

    /// <param name="Tag">Of all that is in it.</param>
    /// <param name="Doors">Of its buildings, and which homes are in them, in their order.</param>
    /// <param name="Homes">Of each home, in their order.</param>
    private sealed record Digests(string Tag, UInt128 Doors, UInt128[] Homes)
    {
        public static Digests Of(WorkPackResponse pack, JsonSerializerOptions options)
        {
            var doors = pack.Buildings.Select(building => new
            {
                building.Building,
                building.Address,
                building.Bounds,
                Homes = building.Homes.Select(home => home.Household),
            });
            return new($"{Digest(pack):x32}", Digest(doors), [.. HomesOf(pack).Select(Digest)]);

            UInt128 Digest<T>(T part) => XxHash128.HashToUInt128(JsonSerializer.SerializeToUtf8Bytes(part, options));
        }
    }
}
