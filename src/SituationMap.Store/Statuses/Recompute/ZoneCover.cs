using Npgsql;
using SituationMap.Core.Protocols;
using SituationMap.Core.Zones;
using SituationMap.Store.Database;
using SituationMap.Store.Zones;

namespace SituationMap.Store.Statuses.Recompute;

/// <summary>The zone periods over each building that has any, past and future ones included.</summary>
/// <param name="Versions">How many versions had been published: they are only added, so the same number means the same cover.</param>
public sealed record ZoneCover(long Versions, Dictionary<int, ZonePeriod[]> Periods, int[] Buildings);

/// <summary>Gives all workers of a process the cover that holds, and works it out again only when a zone has been published.</summary>
public sealed class ZoneCovers(ProtocolPlan plan) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ZoneCover? _latest;

    /// <summary>The cover as of now. A version published later marks the households it concerns, so it is not missed.</summary>
    public async Task<ZoneCover> GetAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            // counted first: what is published in between makes the cover richer than its number says, and the next one is loaded anew
            await using var count = connection.Command("SELECT count(*) FROM zone_version");
            var versions = (long)(await count.ExecuteScalarAsync(cancellation))!;
            return _latest is { } latest && latest.Versions == versions
                ? latest
                : _latest = await LoadAsync(connection, versions, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<ZoneCover> LoadAsync(NpgsqlConnection connection, long versions, CancellationToken cancellation)
    {
        var lists = new Dictionary<int, List<ZonePeriod>>();
        await using var command = new NpgsqlCommand(
            $"""
            SELECT b.id, p.zone, p.version, p.level, p.starts_at, p.ends_at, {plan.CoversPoint("v.outline")}
            FROM zone_version v JOIN building b ON {plan.MayBeIn("v.outline")}  -- zone by zone, by the spatial index of the buildings
            JOIN zone_period p USING (zone, version)
            """,
            connection
        )
        {
            CommandTimeout = 0,
        };
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var building = reader.GetInt32(0);
            if (!lists.TryGetValue(building, out var list))
                lists.Add(building, list = []);
            list.Add(
                new ZonePeriod(
                    reader.GetInt32(1),
                    reader.GetInt32(2),
                    string.Intern(reader.GetString(3)),
                    reader.InstantOrNull(4)!.Value,
                    reader.InstantOrNull(5),
                    reader.GetBoolean(6)
                )
            );
        }
        return new ZoneCover(versions, lists.ToDictionary(list => list.Key, list => list.Value.ToArray()), [.. lists.Keys]);
    }
}
