using System.CommandLine;

namespace SituationMap.Benchmarks;

/// <summary>What many do at once, and what nobody should be able to do.</summary>
internal static class TrialVerbs
{
    public static IEnumerable<Command> Create()
    {
        var over = new Option<int>("--over")
        {
            Description = "Households below the previewed outline.",
            DefaultValueFactory = _ => 100_000,
        };
        var moves = new Option<int>("--moves")
        {
            Description = "How many corners are moved, one after the other.",
            DefaultValueFactory = _ => 100,
        };
        var outlines = new Option<int>("--outlines") { Description = "How many random ones are approved.", DefaultValueFactory = _ => 500 };
        var lot = new Option<int>("--seed") { Description = "By which they are drawn.", DefaultValueFactory = _ => 1 };
        var zones = new Command(
            "zones",
            "Planning zones: a preview over many households, and whether it says what the map shows after approval."
        )
        {
            over,
            moves,
            outlines,
            lot,
        };
        CommonOptions.Measure(zones, async (city, parsed, cancellation) =>
        {
            var benchmark = new ZonesBenchmark(city, cancellation);
            if (parsed.GetValue(moves) > 0)
                await benchmark.PreviewAsync(parsed.GetValue(over), parsed.GetValue(moves));
            if (parsed.GetValue(outlines) > 0)
                await benchmark.ExactAsync(parsed.GetValue(outlines), parsed.GetValue(lot));
        });

        var atOnce = new Option<int>("--planners") { Description = "How many edit the same zones at once.", DefaultValueFactory = _ => 20 };
        var editing = new Option<int>("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 180 };
        var planners = new Command("planners", "Many edit the same zones at once, and no edit is lost without its author being told.")
        {
            atOnce,
            editing,
        };
        CommonOptions.Measure(planners, (city, parsed, cancellation) =>
            new PlannersBenchmark(city, cancellation).RunAsync(parsed.GetValue(atOnce), parsed.GetValue(editing))
        );

        var asked = new Option<int>("--requests") { Description = "How many requests.", DefaultValueFactory = _ => 10_000 };
        var border = new Command(
            "border",
            "Two people with a grid each, through shared caches, feeds and exports, while roles come and go: nothing of one reaches "
                + "the other."
        )
        {
            asked,
        };
        border.SetAction(
            (parsed, cancellation) => BorderBenchmark.RunAsync(parsed.GetValue(CommonOptions.Folder)!, parsed.GetValue(asked), cancellation)
        );

        var nonsense = new Option<int>("--requests") { Description = "How many requests.", DefaultValueFactory = _ => 10_000 };
        var dealt = new Option<int>("--seed") { Description = "By which they are made.", DefaultValueFactory = _ => 1 };
        var fuzz = new Command(
            "fuzz",
            "Requests that are right, nearly right and nonsense, to everything that the server answers: no fault of its own, none "
                + "slow, none without bound."
        )
        {
            nonsense,
            dealt,
        };
        CommonOptions.Measure(fuzz, (city, parsed, cancellation) =>
            FuzzBenchmark.RunAsync(city, parsed.GetValue(nonsense), parsed.GetValue(dealt), cancellation)
        );

        var tried = new Option<int>("--files") { Description = "How many files.", DefaultValueFactory = _ => 20_000 };
        var fuzzFiles = new Command(
            "fuzzfiles",
            "Files of every format with something changed in each, as outlines, imports, areas and base maps: each is read, or refused "
                + "with a sentence."
        )
        {
            tried,
            dealt,
        };
        CommonOptions.Measure(fuzzFiles, (city, parsed, cancellation) =>
            FuzzFilesBenchmark.RunAsync(city, parsed.GetValue(tried), parsed.GetValue(dealt), cancellation)
        );

        var together = new Option<int>("--seconds")
        {
            Description = "For how long, alone and beside the crowd.",
            DefaultValueFactory = _ => 60,
        };
        var crowd = new Command(
            "crowd",
            "Reports beside a crowd that asks for the past, exports, receives nothing and guesses passwords: none is refused, and all are "
                + "answered soon."
        )
        {
            together,
        };
        CommonOptions.Measure(crowd, (city, parsed, cancellation) =>
            CrowdBenchmark.RunAsync(city, parsed.GetValue(together), cancellation)
        );

        return [zones, planners, border, fuzz, fuzzFiles, crowd];
    }
}
