using System.CommandLine;

namespace SituationMap.Benchmarks;

/// <summary>The verbs of what is broken on purpose.</summary>
internal static class DrillVerbs
{
    public static IEnumerable<Command> Create()
    {
        var ready = new Command(
            "ready",
            "How soon /healthz/ready says that no fact can be stored, and that one can again: PostgreSQL hangs, dies, takes no writes, "
                + "has a full disk."
        );
        CommonOptions.Measure(ready, (city, parsed, cancellation) =>
            new ReadyBenchmark(city, cancellation).RunAsync(parsed.GetValue(CommonOptions.Rounds))
        );

        var kills = new Option<int>("--kills") { Description = "How often something is killed.", DefaultValueFactory = _ => 50 };
        var seed = new Option<int>("--seed") { Description = "Of what is ordered, and killed when.", DefaultValueFactory = _ => 1 };
        var jobs = new Command(
            "jobs",
            "Jobs, imports and exports while servers and PostgreSQL are killed: none lost, none done twice, no sweep late."
        )
        {
            kills,
            seed,
        };
        CommonOptions.Measure(jobs, (city, parsed, cancellation) =>
            new JobsBenchmark(city, parsed.GetValue(seed), cancellation).RunAsync(parsed.GetValue(kills))
        );

        var drill = new Command("drill", "The server and PostgreSQL are killed again and again: no report is lost or twice there.")
        {
            kills,
        };
        CommonOptions.Measure(drill, (city, parsed, cancellation) => DrillBenchmark.RunAsync(city, parsed.GetValue(kills), cancellation));
        return [ready, jobs, drill];
    }
}
