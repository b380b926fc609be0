using SituationMap.Core.Facts;

namespace SituationMap.Server.Demo.Reports;

/// <summary>Errands through the three manned checkpoints: out, and in again with a reading.</summary>
internal static class Passages
{
    public static void Run(Journal journal, Deck deck)
    {
        var random = new DemoRandom("passages");
        for (var i = 0; i < 320; i++)
        {
            var household = random.Pick(deck.Left);
            var person = random.Pick(household.Members);
            var checkpoint = $"C-{random.Whole(1, 3)}";
            var day = random.Whole(0, 28);
            var hour = random.Between(7, 16);
            // both on one day of the clock, so that the way back does not come before the way out
            var outward = journal.Clock.Before(day + 1, hour);
            journal.Report(household, person, FactKind.Passage, outward, $"checkpoint:{checkpoint}", new { checkpoint, direction = "out" });
            journal.Report(
                household,
                person,
                FactKind.Passage,
                outward.AddHours(random.Between(0.7, 4)),
                $"checkpoint:{checkpoint}",
                new
                {
                    checkpoint,
                    direction = "in",
                    celsius = random.Whole(358, 369) / 10m,
                }
            );
        }
    }
}
