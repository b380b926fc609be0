using System.CommandLine;

namespace SituationMap.Benchmarks;

/// <summary>What most verbs take, and how those begin that measure over a city.</summary>
internal static class CommonOptions
{
    public static Option<string> Folder { get; } =
        new("--folder")
        {
            Description = "Where the benchmarks keep their PostGIS and the city, for the next run (about 4 GB).",
            DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "situationmap-benchmarks"),
            Recursive = true,
        };

    public static Option<int> Households { get; } =
        new("--households")
        {
            Description = "The size of the city.",
            DefaultValueFactory = _ => 1_000_000,
            Recursive = true,
        };

    public static Option<int> Rounds { get; } =
        new("--rounds")
        {
            Description = "How often everything is measured, after one round that does not count.",
            DefaultValueFactory = _ => 5,
            Recursive = true,
        };

    public static Option<int> Seconds { get; } =
        new("--seconds") { Description = "How long each load lasts.", DefaultValueFactory = _ => 5 };

    public static void Measure(Command command, Func<BenchmarkCity, ParseResult, CancellationToken, Task> measure) =>
        command.SetAction(
            async (parsed, cancellation) =>
            {
                await using var city = await BenchmarkCity.OpenAsync(parsed.GetValue(Folder)!, parsed.GetValue(Households), cancellation);
                await measure(city, parsed, cancellation);
            }
        );
}
