using System.CommandLine;

namespace SituationMap.Benchmarks;

/// <summary>What is read: tiles, lookups, the live feed, the viewer.</summary>
internal static class MapVerbs
{
    public static IEnumerable<Command> Create()
    {
        var tiles = new Command("tiles", "Tiles: rendered anew, kept, unchanged, under changes, and at low zooms.")
        {
            CommonOptions.Seconds,
        };
        CommonOptions.Measure(tiles, (city, parsed, cancellation) =>
            TilesBenchmark.RunAsync(city, parsed.GetValue(CommonOptions.Rounds), parsed.GetValue(CommonOptions.Seconds), cancellation)
        );

        var compared = new Option<int>("--points")
        {
            Description = "How many points are compared with PostGIS's answers.",
            DefaultValueFactory = _ => 1_000_000,
        };
        var lookups = new Command("lookups", "Lookups: one by one, by the ten thousand, by the million; and whether PostGIS says the same.")
        {
            CommonOptions.Seconds,
            compared,
        };
        CommonOptions.Measure(lookups, async (city, parsed, cancellation) =>
        {
            var benchmark = new LookupsBenchmark(
                city,
                parsed.GetValue(CommonOptions.Rounds),
                parsed.GetValue(CommonOptions.Seconds),
                cancellation
            );
            if (parsed.GetValue(CommonOptions.Rounds) > 0)
                await benchmark.RunAsync();
            await benchmark.CompareAsync(parsed.GetValue(compared));
        });

        var clients = new Option<int>("--clients") { Description = "How many follow the live feed.", DefaultValueFactory = _ => 1_000 };
        var changes = new Option<int>("--changes")
        {
            Description = "How many statuses change meanwhile.",
            DefaultValueFactory = _ => 10_000,
        };
        var live = new Command("live", "The live feed: from the commit to a thousand clients, and to the tiles.") { clients, changes };
        CommonOptions.Measure(live, (city, parsed, cancellation) =>
            new LiveBenchmark(city, cancellation).FreshnessAsync(parsed.GetValue(clients), parsed.GetValue(changes))
        );

        var resuming = new Option<int>("--clients")
        {
            Description = "How many follow, are cut off and come back.",
            DefaultValueFactory = _ => 200,
        };
        var lasting = new Option<int>("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 300 };
        var resume = new Command("resume", "The live feed: clients that are cut off and come back miss nothing.") { resuming, lasting };
        CommonOptions.Measure(resume, (city, parsed, cancellation) =>
            new LiveBenchmark(city, cancellation).ResumeAsync(parsed.GetValue(resuming), parsed.GetValue(lasting))
        );

        var reads = new Option<int>("--reads") { Description = "How many tiles are read.", DefaultValueFactory = _ => 200_000 };
        var staleness = new Command(
            "staleness",
            "Tiles read while what they show is changed, moved and deleted and the server is killed: none is stale."
        )
        {
            reads,
        };
        CommonOptions.Measure(staleness, async (city, parsed, cancellation) =>
        {
            await city.ExecuteAsync(BenchmarkCity.Sql("tiles.sql"), cancellation);
            await new StalenessBenchmark(city, cancellation).RunAsync(parsed.GetValue(reads));
        });

        var oneByOne = new Option<int>("--changes")
        {
            Description = "How many changes, one after the other.",
            DefaultValueFactory = _ => 1_000,
        };
        var exactness = new Command("exactness", "The tiles told as changed against those whose bytes differ, over random changes.")
        {
            oneByOne,
        };
        CommonOptions.Measure(exactness, (city, parsed, cancellation) =>
            new ExactnessBenchmark(city, cancellation).RunAsync(parsed.GetValue(oneByOne))
        );

        var count = new Option<int>("--tiles") { Description = "How many tiles are drawn by lot.", DefaultValueFactory = _ => 2_000 };
        var sample = new Command("sample", "Tiles drawn by lot: whether they are well-formed, meet their neighbours, and are read by GDAL.")
        {
            count,
        };
        CommonOptions.Measure(sample, (city, parsed, cancellation) =>
            new TileSampleBenchmark(city, cancellation).RunAsync(parsed.GetValue(count))
        );

        var pages = new Option<int>("--pages") { Description = "How many pages are open at once.", DefaultValueFactory = _ => 50 };
        var minutes = new Option<int>("--minutes") { Description = "How long changes stream into a page.", DefaultValueFactory = _ => 15 };
        var visits = new Option<int>("--visits") { Description = "How often the first map is opened.", DefaultValueFactory = _ => 5 };
        var instants = new Option<int>("--instants")
        {
            Description = "How many minutes of the past are shown.",
            DefaultValueFactory = _ => 20,
        };
        var viewer = new Command(
            "viewer",
            "The viewer in a browser: the first map, a change on many pages, minutes of the past, and a page that is open for long; 0 "
                + "of each leaves it out."
        )
        {
            visits,
            pages,
            minutes,
            instants,
        };
        CommonOptions.Measure(viewer, (city, parsed, cancellation) =>
            new ViewerBenchmark(city, cancellation).RunAsync(
                parsed.GetValue(visits),
                parsed.GetValue(pages),
                parsed.GetValue(minutes),
                parsed.GetValue(instants)
            )
        );

        var onTheWall = new Option<int>("--minutes") { Description = "How long.", DefaultValueFactory = _ => 30 };
        var kiosk = new Command(
            "kiosk",
            "A wall while the server and the database are killed again and again: in the end it shows what the database has."
        )
        {
            onTheWall,
        };
        CommonOptions.Measure(kiosk, (city, parsed, cancellation) =>
            new KioskBenchmark(city, cancellation).RunAsync(parsed.GetValue(onTheWall))
        );

        var urls = new Option<string>("--urls") { Description = "Where it listens.", Required = true };
        var from = new Option<string>("--from") { Description = "The server whose answers it gives.", Required = true };
        var file = new Option<string>("--file") { Description = "The paths it knows, one a line.", Required = true };
        var bare = new Command("bare", "The ceiling that the others start: a bare Kestrel over a dictionary.") { urls, from, file };
        bare.SetAction(
            (parsed, cancellation) =>
                BareServer.RunAsync(parsed.GetValue(urls)!, new Uri(parsed.GetValue(from)!), parsed.GetValue(file)!, cancellation)
        );

        return [tiles, lookups, live, resume, staleness, exactness, sample, viewer, kiosk, bare];
    }
}
