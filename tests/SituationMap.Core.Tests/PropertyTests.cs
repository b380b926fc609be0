using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;

namespace SituationMap.Core.Tests;

/// <summary>What must hold whatever is reported: each over random households, zones, plans and instants.</summary>
public sealed class PropertyTests
{
    private const int Cases = 2_000;

    [Fact]
    public void Order_and_repetition_of_facts_do_not_matter() =>
        Holds(
            (household, random) =>
            {
                var facts = household.Facts.Facts;
                var mixed = facts.Concat(facts.Where(_ => random.Next(3) == 0)).ToArray();
                random.Shuffle(mixed);
                var zones = household.Zones.ToArray();
                random.Shuffle(zones);
                Json(Evaluate(household with { Facts = household.Facts with { Facts = mixed }, Zones = zones }))
                    .ShouldBe(Json(Evaluate(household)));
            }
        );

    [Fact]
    public void An_unrelated_fact_changes_nothing_but_surveyed() =>
        Holds(
            (household, random) =>
            {
                var (kind, data) = random.Next(5) switch
                {
                    0 => (FactKind.Survey, "{\"members\":2}"),
                    1 => (FactKind.Visit, "{\"outcome\":\"nobody\",\"by\":\"door\"}"),
                    2 => (FactKind.Circumstance, "{\"what\":\"over80\"}"),
                    3 => (FactKind.Temperature, "{\"celsius\":36.6}"),
                    _ => (FactKind.Passage, "{\"checkpoint\":\"C1\",\"direction\":\"in\"}"),
                };
                var at = household.At.AddHours(-random.Next(2_000));
                var unrelated = new Fact(
                    Guid.NewGuid(),
                    kind,
                    random.Next(2) == 0 ? null : 1,
                    at,
                    at,
                    "grid:1",
                    JsonDocument.Parse(data).RootElement
                );
                var (before, after) = (
                    Evaluate(household),
                    Evaluate(household with { Facts = household.Facts with { Facts = [.. household.Facts.Facts, unrelated] } })
                );
                after.Surveyed.ShouldBe(before.Surveyed || kind == FactKind.Survey);
                // a household of which nothing was known had nothing that another edition could change
                var wasUntouched = !household.Facts.Facts.Any() && !household.Zones.Any();
                Json(after with { Surveyed = before.Surveyed, NextDue = wasUntouched ? null : after.NextDue }).ShouldBe(Json(before));
            }
        );

    [Fact]
    public void A_zone_over_the_outline_alone_is_as_any_other_or_as_none_by_the_edition_in_force() =>
        Holds(
            (household, _) =>
            {
                var counts = household.Plan.EditionAt(household.At).ZoneTest == ZoneTest.Intersects;
                var zones = counts
                    ? household.Zones.Select(zone => zone with { CoversPoint = true })
                    : household.Zones.Where(zone => zone.CoversPoint);
                var (found, plain) = (Evaluate(household), Evaluate(household with { Zones = [.. zones] }));
                found.Status.ShouldBe(plain.Status);
                // an edition under which it does not count ends its window early, which moves it among the other reasons
                Because(found).ShouldBe(Because(plain), ignoreOrder: true);

                static IEnumerable<(string, Guid?, int?)> Because(StatusEvaluation evaluation) =>
                    evaluation.Because.Select(reason => (reason.Rule, reason.Fact, reason.Zone));
            }
        );

    [Fact]
    public void The_status_is_the_same_at_every_instant_between_since_and_until() =>
        Holds(
            (household, random) =>
            {
                var found = Evaluate(household);
                // past instants: everything that was reported stands, and what was later then is left aside by itself
                var since = found.Since ?? household.At.AddDays(-100);
                foreach (var at in Instants(since, household.At, random).Append(since))
                {
                    var then = Evaluate(household with { At = at });
                    (then.Status, then.Since).ShouldBe((found.Status, found.Since));
                }
                if (found.Since is { } first)
                    Evaluate(household with { At = first.AddTicks(-1) }).Status.ShouldNotBe(found.Status);

                // instants to come: with no further fact
                var still = household with
                {
                    Facts = household.Facts with
                    {
                        Facts = [.. household.Facts.Facts.Where(fact => fact.At <= household.At || fact.Kind == FactKind.Retraction)],
                    },
                };
                var until = found.Until ?? household.At.AddDays(1_000);
                foreach (var at in Instants(household.At, until, random).Append(until.AddTicks(-1)))
                {
                    var then = Evaluate(still with { At = at });
                    (then.Status, then.Since, then.Until).ShouldBe((found.Status, found.Since, found.Until));
                }
                if (found.Until is { } end)
                    Evaluate(still with { At = end }).Status.ShouldNotBe(found.Status);
            }
        );

    [Fact]
    public void Until_it_is_next_due_nothing_changes() =>
        Holds(
            (household, random) =>
            {
                var found = Evaluate(household);
                foreach (var at in Instants(household.At, found.NextDue ?? household.At.AddDays(1_000), random))
                {
                    var then = Evaluate(household with { At = at });
                    (then.Status, then.Since, then.Until, then.Surveyed, then.NextDue).ShouldBe(
                        (found.Status, found.Since, found.Until, found.Surveyed, found.NextDue)
                    );
                }
            }
        );

    [Fact]
    public void Evaluating_again_with_everything_read_anew_gives_the_same_to_the_byte() =>
        Holds(
            (household, random) =>
            {
                var copy = household
                    .Facts.Facts.Select(fact => fact with { Data = JsonDocument.Parse(fact.Data.GetRawText()).RootElement })
                    .ToList();
                var again = household with
                {
                    Plan = household.Plan.Id == "china" ? Scenario.Plan("china") : household.Plan,
                    Facts = household.Facts with { Facts = copy },
                };
                Json(Evaluate(again)).ShouldBe(Json(Evaluate(household)));
            },
            1_000
        );

    [Fact]
    public void Every_reason_holds_at_the_instant_and_what_is_not_named_can_be_left_out() =>
        Holds(
            (household, random) =>
            {
                var found = Evaluate(household);
                if (found.Status != Status.Healthy)
                    found.Because.ShouldNotBeEmpty();
                foreach (var reason in found.Because)
                {
                    reason.From.ShouldBeLessThanOrEqualTo(household.At);
                    if (reason.To is { } to)
                        to.ShouldBeGreaterThan(household.At);
                    (reason.Fact is null).ShouldBe(reason.Zone is not null);
                }
                // complete: the facts and zones named, with what corrects or ends facts, give the same status by themselves
                var named = found.Because.SelectMany(reason => reason.With.Append(reason.Fact ?? default)).ToHashSet();
                var kept = household.Facts.Facts.Where(fact =>
                    named.Contains(fact.Id) || fact.Kind is FactKind.Retraction or FactKind.Release || IsOfOverride(fact)
                );
                var zones = household.Zones.Where(zone =>
                    found.Because.Any(reason => reason.Zone == zone.Zone && reason.ZoneVersion == zone.Version)
                );
                Evaluate(household with { Facts = household.Facts with { Facts = [.. kept] }, Zones = [.. zones] })
                    .Status.ShouldBe(found.Status);
            }
        );

    [Fact]
    public void Overdue_items_are_over_and_do_not_depend_on_order() =>
        Holds(
            (household, random) =>
            {
                var facts = household.Facts.Facts.ToArray();
                var overdue = DueItems.Overdue(household.Facts, household.Zones, household.Plan, household.At, household.At.AddDays(-30));
                overdue.ShouldAllBe(item => item.Due <= household.At && item.From < item.Due && item.Due > household.At.AddDays(-30));
                random.Shuffle(facts);
                DueItems
                    .Overdue(
                        household.Facts with
                        {
                            Facts = facts,
                        },
                        household.Zones,
                        household.Plan,
                        household.At,
                        household.At.AddDays(-30)
                    )
                    .ShouldBe(overdue);
            },
            1_000
        );

    [Fact]
    public void What_is_upcoming_is_what_will_be_overdue_if_nothing_more_is_reported() =>
        Holds(
            (household, random) =>
            {
                var (at, until) = (household.At, household.At.AddHours(random.Next(1, 72)));
                var known = household.Facts with
                {
                    Facts = [.. household.Facts.Facts.Where(fact => fact.At <= at || fact.Kind == FactKind.Retraction)],
                };

                DueItems
                    .Upcoming(household.Facts, household.Zones, household.Plan, at, until)
                    .ShouldBe(DueItems.Overdue(known, household.Zones, household.Plan, until, at));
            },
            1_000
        );

    private static bool IsOfOverride(Fact fact) => fact.Kind == FactKind.Override;

    private static StatusEvaluation Evaluate(Household household) =>
        StatusRules.Evaluate(household.Facts, household.Zones, household.Plan, household.At);

    private static string Json(StatusEvaluation found) => JsonSerializer.Serialize(found);

    private static IEnumerable<DateTimeOffset> Instants(DateTimeOffset from, DateTimeOffset to, Random random) =>
        Enumerable.Range(0, 6).Select(_ => from.AddTicks(random.NextInt64(0, Math.Max(1, to.UtcTicks - from.UtcTicks))));

    private static void Holds(Action<Household, Random> property, int cases = Cases) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(cases).WithEndSize(12),
            Prop.ForAll(RandomHouseholds.All.ToArbitrary(), input => property(input, new Random(input.Seed)))
        );
}
