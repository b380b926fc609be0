using SituationMap.Core.Duty;

namespace SituationMap.Core.Tests;

/// <summary>What must hold of posts whatever is planned and reported, and the hours of workers.</summary>
public sealed class DutyRulesTests
{
    private static readonly DateTimeOffset Noon = DutyCase.Time("05T12:00");

    [Fact]
    public void Order_and_repetition_of_steps_do_not_matter() =>
        Holds(
            (kind, steps, at, random) =>
            {
                var mixed = steps.Concat(steps.Where(_ => random.Next(3) == 0)).ToArray();
                random.Shuffle(mixed);
                DutyCase.Said(DutyRules.Evaluate(kind, mixed, DutyCase.Plan, at)).ShouldBe(Said(kind, steps, at));
                WorkerHours.Of(mixed, DutyCase.Plan, at).ShouldBe(WorkerHours.Of(steps, DutyCase.Plan, at));
            }
        );

    [Fact]
    public void What_is_done_later_changes_nothing_now_but_a_retraction() =>
        Holds(
            (kind, steps, at, _) =>
                Said(kind, [.. steps.Where(step => step.At <= at || step.Kind == DutyStepKind.Retracted)], at)
                    .ShouldBe(Said(kind, steps, at))
        );

    [Fact]
    public void By_time_alone_nothing_changes_before_the_next_instant_told_and_something_does_then() =>
        Holds(
            (kind, steps, at, random) =>
            {
                var known = steps.Where(step => step.At <= at || step.Kind == DutyStepKind.Retracted).ToArray();
                var cover = DutyRules.Evaluate(kind, known, DutyCase.Plan, at);
                var next = cover.Next ?? at + DutyRules.LookAhead;
                var between = at.AddTicks(random.NextInt64(0, (next - at).Ticks));
                Shown(DutyRules.Evaluate(kind, known, DutyCase.Plan, between)).ShouldBe(Shown(cover));
                if (cover.Next is { } then && cover.ChiefFrom != then)
                    Shown(DutyRules.Evaluate(kind, known, DutyCase.Plan, then)).ShouldNotBe(Shown(cover));
            }
        );

    [Fact]
    public void What_was_a_gap_is_among_the_gaps_and_nothing_else_is() =>
        Holds(
            (kind, steps, at, random) =>
            {
                var gaps = DutyRules.Gaps(kind, steps, DutyCase.Plan, at);
                for (var i = 1; i < gaps.Count; i++)
                    gaps[i].From.ShouldBeGreaterThanOrEqualTo(gaps[i - 1].IsAhead == gaps[i].IsAhead ? gaps[i - 1].To : gaps[i - 1].From);
                var cover = DutyRules.Evaluate(kind, steps, DutyCase.Plan, at);
                if (cover.State == CoverState.Gap && cover.Since + DutyCase.Plan.WorkAt(at).Duty.GapAfter < at)
                    gaps.ShouldContain(gap => gap.From == cover.Since && gap.To == at && !gap.IsAhead);
                gaps.ShouldAllBe(gap => gap.From < gap.To && (gap.IsAhead ? gap.From >= at : gap.To <= at));
            }
        );

    [Theory]
    [InlineData("plan A W1 05T08:00 05T16:00; arrive A 05T08:00", "W1 4 8 8")]
    [InlineData("plan A W1 05T08:00 05T16:00", "W1 0 4 4")]
    [InlineData("plan A W1 05T08:00 05T11:00; arrive A 05T08:00; leave A 05T10:00", "W1 2 2 2")]
    [InlineData("plan A W1 05T08:00 05T16:00; arrive A 05T08:00; give A W2 05T10:00", "W1 2 2 2; W2 2 6 6")]
    [InlineData("plan A W1 05T06:00 05T12:00; plan B W1 05T12:30 05T20:00; arrive A 05T06:00; leave A 05T12:00", "W1 6 13.5 14 row")]
    [InlineData("plan A W1 05T06:00 05T12:00; plan B W1 05T13:00 05T20:00; arrive A 05T06:00; leave A 05T12:00", "W1 6 13 7")]
    [InlineData("plan A W1 05T00:00 05T12:00; plan B W1 05T06:00 05T12:00; arrive A 05T00:00; arrive B 05T06:00", "W1 12 12 12")]
    [InlineData("plan A W1 02T20:00 03T06:00; arrive A 02T20:00; leave A 03T06:00", "W1 6 6 10")]
    [InlineData("plan A W1 05T12:00 08T01:00", "W1 0 61 61 row week")]
    [InlineData("plan A W1 05T08:00 05T16:00; cancel A 05T09:00", "")]
    [InlineData("plan A W1 12T08:00 12T16:00", "")]
    public void Hours_are_worked_or_planned_in_the_week(string steps, string expected) =>
        string.Join(
                "; ",
                WorkerHours
                    .Of(DutyCase.Steps(steps), DutyCase.Plan, Noon)
                    .Select(hours =>
                        FormattableString.Invariant(
                            $"{hours.Worker} {hours.Week.TotalHours} {hours.Planned.TotalHours} {hours.Row.TotalHours}"
                        )
                        + (hours.IsRowTooLong ? " row" : "")
                        + (hours.IsWeekTooLong ? " week" : "")
                    )
            )
            .ShouldBe(expected);

    [Fact]
    public void A_gap_is_said_in_both_languages()
    {
        var steps = DutyCase.Steps("plan A W1 05T08:00 05T16:00");
        var cover = DutyRules.Evaluate("roundTheClock", steps, DutyCase.Plan, Noon);

        var words = DutyWords.Say(cover, DutyCase.Plan, Noon, names: true);
        var nameless = DutyWords.Say(cover, DutyCase.Plan, Noon, names: false);

        words.Zh.ShouldBe("无人值守，自 2 月 5 日 8:00：W1未到岗");
        words.En.ShouldBe("Nobody there since 08:00 on 5 February: W1 not arrived");
        nameless.En.ShouldBe("Nobody there since 08:00 on 5 February: 1 not arrived");
    }

    private static string Said(string kind, DutyStep[] steps, DateTimeOffset at) =>
        DutyCase.Said(DutyRules.Evaluate(kind, steps, DutyCase.Plan, at));

    private static string Shown(Cover cover) =>
        $"{cover.State} {cover.Wanted} {string.Join('+', cover.Present)} {string.Join('+', cover.Planned)}";

    private static void Holds(Action<string, DutyStep[], DateTimeOffset, Random> property)
    {
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var steps = new List<DutyStep>();
            for (var i = random.Next(1, 14); i > 0; i--)
            {
                var kind = steps.Count == 0 ? DutyStepKind.Planned : (DutyStepKind)random.Next(6);
                var at = Noon.AddMinutes(random.Next(-3_000, 1_000));
                var from = Noon.AddMinutes(random.Next(-2_000, 2_000));
                var has = kind is DutyStepKind.Planned or DutyStepKind.Substituted ? $"W{random.Next(3)}" : null;
                var shift = new Guid(random.Next(3), 0, 0, new byte[8]);
                var id = new byte[16];
                random.NextBytes(id);
                var step = new DutyStep(new Guid(id), kind, shift, at, at, has);
                steps.Add(
                    kind switch
                    {
                        DutyStepKind.Planned => step with { From = from, To = from.AddMinutes(random.Next(30, 700)) },
                        DutyStepKind.Retracted => step with { Step = steps[random.Next(steps.Count)].Id },
                        _ => step,
                    }
                );
            }
            string[] kinds = ["roundTheClock", "daytime", "two", "poster"];
            property(kinds[random.Next(kinds.Length)], [.. steps], Noon.AddMinutes(random.Next(-1_000, 1_000)), random);
        }
    }
}
