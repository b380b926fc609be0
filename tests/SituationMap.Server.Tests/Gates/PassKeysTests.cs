using Shouldly;
using SituationMap.Core.Gate;
using SituationMap.Core.Protocols;
using SituationMap.Store.Access;
using SituationMap.Store.Gates;

namespace SituationMap.Server.Tests.Gates;

/// <summary>The keys of passes follow the deployment's key.</summary>
[Fast]
public sealed class PassKeysTests
{
    private static readonly string First = $"1 {new string('a', 64)}\n";
    private static readonly string Rotated = $"{First}2 {new string('b', 64)}\n";
    private static readonly DateTimeOffset Begin = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly StoredPass Pass = new(
        7,
        Guid.NewGuid(),
        42,
        "H-1",
        "B-1",
        PassKind.Carer,
        Begin,
        Begin.AddDays(30),
        EndedAt: null,
        Why: null
    );

    [Fact]
    public void After_a_rotation_new_passes_bear_the_new_key_and_old_ones_still_count()
    {
        var (before, after) = (KeysOf(First), KeysOf(Rotated));
        var (old, made) = (before.Sign(Pass, TimeZoneInfo.Utc), after.Sign(Pass, TimeZoneInfo.Utc));

        after.Place.ShouldBe(before.Place);
        Read(old, after).Pass!.Key.ShouldBe((byte)1);
        Read(made, after).Pass!.Key.ShouldBe((byte)2);
        Read(made, before).Fault.ShouldBe(PassFault.Forged);
        Read(made, after).Pass!.To.ShouldBe(new DateOnly(2026, 11, 30));
    }

    [Fact]
    public void A_pass_of_another_deployment_is_foreign()
    {
        var other = KeysOf($"1 {new string('c', 64)}\n");

        Read(other.Sign(Pass, TimeZoneInfo.Utc), KeysOf(First)).Fault.ShouldBe(PassFault.Foreign);
    }

    private static PassKeys KeysOf(string text) => new(DeploymentKey.Parse("/none", text));

    private static (Pass? Pass, PassFault? Fault) Read(string token, PassKeys keys) =>
        PassToken.Read(token, keys.Place, keys.Public, new HashSet<uint>(), new DateOnly(2026, 11, 15));
}
