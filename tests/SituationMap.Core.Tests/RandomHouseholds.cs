using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Zones;

namespace SituationMap.Core.Tests;

/// <param name="Seed">For whatever a property draws besides.</param>
internal sealed record Household(ProtocolPlan Plan, HouseholdFacts Facts, IReadOnlyList<ZonePeriod> Zones, DateTimeOffset At, int Seed)
{
    // what a failure shows
    public override string ToString() =>
        $"""
            {Plan.Id} {Plan.Editions[0].Edition.Id} {Plan.TimeZone.Id}, members {string.Join(' ', Facts.Members)}, at {At:O}
            {string.Join(
                '\n',
                Facts.Facts.Select(fact => $"{fact.Id} {fact.Kind} {fact.Person} {fact.At:O} {fact.Source} {fact.Data}")
            )}
            {string.Join('\n', Zones)}
            """;
}

/// <summary>Households by lot, with plans, zones and an instant around which something changes.</summary>
internal static class RandomHouseholds
{
    private static readonly ProtocolPlan[] Plans =
    [
        Scenario.Plan("demo"),
        Scenario.Plan("china"),
        Scenario.Only("2020-02", "Europe/Berlin"),
        Scenario.Only("10-measures"),
        Scenario.Only("flood"),
        Scenario.Touching(),
    ];

    // Days around which something changes: all editions of the plan, and the clocks of Berlin.
    private static readonly DateTimeOffset[] Anchors =
    [
        .. from day in new[] { "2020-02-05", "2020-03-25", "2021-05-08", "2022-06-20", "2022-11-05", "2022-12-01", "2023-01-03" }
        select Scenario.Time(day, Plans[0]),
    ];

    public static Gen<Household> All { get; } =
        from plan in Gen.Elements(Plans)
        from anchor in Gen.Elements(Anchors)
        from members in Gen.Choose(0, 3)
        from moves in Gen.Four(Gen.Choose(0, 10_000)).ListOf()
        from zones in Gen.Three(Gen.Choose(0, 700)).ListOf()
        from hours in Gen.Choose(0, 800)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select new Household(
            plan,
            new HouseholdFacts(
                [.. Enumerable.Range(1, members)],
                [.. moves.Select((move, i) => FactOf(move.Item1, move.Item2, move.Item3, move.Item4, i, moves.Count, members, anchor))]
            ),
            [.. zones.Take(4).Select((zone, i) => ZoneOf(zone.Item1, zone.Item2, zone.Item3, i, anchor))],
            anchor.AddHours(hours),
            seed
        );

    private static Fact FactOf(int what, int who, int when, int detail, int i, int count, int members, DateTimeOffset anchor)
    {
        // whole hours, so that coincidences and midnights are frequent
        var at = anchor.AddHours(when % 500);
        var other = Scenario.IdOf($"#{detail % count}");
        var (kind, data) = (what % 18) switch
        {
            0 => (FactKind.Survey, $"{{\"members\":3,\"waterCm\":{detail % 60}}}"),
            1 => (FactKind.Departed, "{}"),
            2 => (
                FactKind.Returned,
                $"{{\"risk\":\"{(detail % 3) switch { 0 => "high", 1 => "medium", _ => "low" }}\",\"from\":\"330100\"}}"
            ),
            3 => (FactKind.Returned, $"{{\"risk\":\"high\",\"leftRiskAreaAt\":\"{at.AddHours(-(detail % 400)):O}\"}}"),
            4 or 5 => (FactKind.Contact, $"{{\"degree\":{detail % 2 + 1},\"lastExposure\":\"{at.AddHours(-(detail % 400)):O}\"}}"),
            6 => (FactKind.Case, $"{{\"confirmed\":{(detail % 4 == 0 ? "false" : "true")}}}"),
            7 => (FactKind.Order, $"{{\"measure\":\"{(detail % 2 == 0 ? "quarantine" : "observation")}\",\"days\":{detail % 20}}}"),
            8 => (FactKind.Order, $"{{\"measure\":\"quarantine\",\"until\":\"{at.AddHours(detail % 300):O}\"}}"),
            9 => (FactKind.Release, $"{{\"order\":\"{other}\"}}"),
            10 => (FactKind.Temperature, $"{{\"celsius\":{36 + detail % 40 / 10.0}}}"),
            11 or 12 => (FactKind.Test, $"{{\"result\":\"{(detail % 3 == 0 ? "positive" : "negative")}\"}}"),
            13 => (FactKind.Passage, $"{{\"checkpoint\":\"C1\",\"direction\":\"in\",\"celsius\":{36 + detail % 40 / 10.0}}}"),
            14 => (
                FactKind.Override,
                $"{{\"status\":\"{(detail % 2 == 0 ? "healthy" : "observed")}\",\"reason\":\"r\""
                    + $"{(detail % 3 == 0 ? "" : $",\"confirms\":\"{other}\"")}}}"
            ),
            15 => (
                FactKind.Visit,
                $"{{\"outcome\":\"{(detail % 3) switch { 0 => "met", 1 => "nobody", _ => "refused" }}\",\"by\":\"door\""
                    + $"{(detail % 4 == 0 ? $",\"next\":\"{at.AddHours(detail % 50):O}\"" : "")}}}"
            ),
            16 => (
                FactKind.Circumstance,
                $"{{\"what\":\"{(detail % 3) switch { 0 => "livesAlone", 1 => "childAlone", _ => "dependent" }}\""
                    + $"{(detail % 4 == 0 ? $",\"until\":\"{at.AddHours(detail % 200):O}\"" : "")}}}"
            ),
            _ => (FactKind.Retraction, $"{{\"fact\":\"{other}\",\"reason\":\"r\"}}"),
        };
        int? person = members == 0 || who % 3 == 0 ? null : who % members + 1;
        return new Fact(Scenario.IdOf($"#{i}"), kind, person, at, at, $"grid:{who % 4}", JsonDocument.Parse(data).RootElement);
    }

    private static ZonePeriod ZoneOf(int from, int hours, int level, int i, DateTimeOffset anchor) =>
        new(
            i + 1,
            1,
            (level % 6) switch
            {
                0 => "high",
                1 => "medium",
                2 => "low",
                3 => "lockdown",
                4 => "control",
                _ => "inundated",
            },
            anchor.AddHours(from),
            hours % 5 == 0 ? null : anchor.AddHours(from + hours + 1),
            CoversPoint: from % 3 != 0
        );
}
