using System.CommandLine;

namespace SituationMap.Benchmarks;

/// <summary>What comes in and is worked out: reports, statuses, files, jobs.</summary>
internal static class StoreVerbs
{
    public static IEnumerable<Command> Create()
    {
        var recompute = new Command(
            "recompute",
            "Working out statuses: all for the first time, all with nothing changed, a thousand, a zone."
        );
        CommonOptions.Measure(recompute, (city, parsed, cancellation) =>
            RecomputeBenchmark.RunAsync(city, parsed.GetValue(CommonOptions.Rounds), cancellation)
        );

        var work = new Command("work", "What is to be done in a whole city: pages of the list, counts.");
        CommonOptions.Measure(work, (city, parsed, cancellation) =>
            WorkBenchmark.RunAsync(city, parsed.GetValue(CommonOptions.Rounds), cancellation)
        );

        var beside = new Option<int>("--clients") { Description = "How many follow the live feed while delays are measured once more." };
        var asking = new Option<int>("--tiles") { Description = "How many tiles are asked for in a second meanwhile." };
        var ingest = new Command("ingest", "Reports: singly, in arrays, as a stream; how soon each is a status.")
        {
            CommonOptions.Seconds,
            beside,
            asking,
        };
        CommonOptions.Measure(ingest, (city, parsed, cancellation) =>
            IngestBenchmark.RunAsync(
                city,
                parsed.GetValue(CommonOptions.Households),
                parsed.GetValue(CommonOptions.Rounds),
                parsed.GetValue(CommonOptions.Seconds),
                parsed.GetValue(beside),
                parsed.GetValue(asking),
                cancellation
            )
        );

        var doors = new Option<int>("--reports") { Description = "How many doors report once.", DefaultValueFactory = _ => 10_000 };
        var within = new Option<int>("--within") { Description = "In how many seconds.", DefaultValueFactory = _ => 600 };
        var residents = new Command("residents", "Households that report on their own pages, beside what maps ask.")
        {
            doors,
            within,
            beside,
            asking,
        };
        CommonOptions.Measure(residents, (city, parsed, cancellation) =>
            ResidentsBenchmark.RunAsync(
                city,
                parsed.GetValue(doors),
                parsed.GetValue(within),
                parsed.GetValue(beside),
                parsed.GetValue(asking),
                cancellation
            )
        );

        var buildings = new Option<int>("--buildings") { Description = "How many.", DefaultValueFactory = _ => 100_000 };
        var imports = new Command("imports", "A file of many buildings, uploaded to a server.") { buildings };
        imports.SetAction(
            (parsed, cancellation) =>
                ImportBenchmark.RunAsync(parsed.GetValue(CommonOptions.Folder)!, parsed.GetValue(buildings), cancellation)
        );

        var placed = new Option<string[]>("--file")
        {
            Description = "What is imported, in this order: COLLECTION=PATH;FIELD=COLUMN;FIELD:=TEXT.",
            Required = true,
        };
        var deepest = new Option<int>("--last-zoom")
        {
            Description = "The last zoom whose tiles are all read.",
            DefaultValueFactory = _ => 14,
        };
        var places = new Command("places", "Real files, imported into an empty store: how far the map is behind, and every tile.")
        {
            placed,
            deepest,
        };
        places.SetAction(
            (parsed, cancellation) =>
                new PlacesBenchmark(cancellation).RunAsync(
                    parsed.GetValue(CommonOptions.Folder)!,
                    parsed.GetValue(placed)!,
                    parsed.GetValue(deepest)
                )
        );

        var down = new Option<int>("--seconds") { Description = "For how long the receiver is down.", DefaultValueFactory = _ => 120 };
        var webhooks = new Command(
            "webhooks",
            "A webhook's receiver is down and the server killed twice, while reports keep coming: nothing is lost, and what is of one "
                + "household comes in its order."
        )
        {
            down,
        };
        CommonOptions.Measure(webhooks, (city, parsed, cancellation) =>
            WebhooksBenchmark.RunAsync(city, parsed.GetValue(down), cancellation)
        );

        var enqueued = new Option<int>("--jobs")
        {
            Description = "How many, each of which does nothing.",
            DefaultValueFactory = _ => 1_000,
        };
        var hangfire = new Command(
            "hangfire",
            "What a job costs: how many a second Hangfire brings to their end, and how often it commits for each."
        )
        {
            enqueued,
        };
        CommonOptions.Measure(hangfire, (city, parsed, cancellation) =>
            HangfireBenchmark.RunAsync(city, parsed.GetValue(enqueued), cancellation)
        );

        return [recompute, work, ingest, residents, imports, places, webhooks, hangfire];
    }
}
