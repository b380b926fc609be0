using System.CommandLine;
using SituationMap.Benchmarks;

// One verb per thing that is measured; each measures ours and the floor in the same run and prints a table.
var folder = new Option<string>("--folder")
{
    Description = "Where the benchmarks keep their PostGIS and the city, for the next run (about 4 GB).",
    DefaultValueFactory = _ => Path.Combine(Path.GetTempPath(), "situationmap-benchmarks"),
    Recursive = true,
};
var households = new Option<int>("--households")
{
    Description = "The size of the city.",
    DefaultValueFactory = _ => 1_000_000,
    Recursive = true,
};
var rounds = new Option<int>("--rounds")
{
    Description = "How often everything is measured, after one round that does not count.",
    DefaultValueFactory = _ => 5,
    Recursive = true,
};

void Measure(Command command, Func<BenchmarkCity, ParseResult, CancellationToken, Task> measure) =>
    command.SetAction(
        async (parsed, cancellation) =>
        {
            await using var city = await BenchmarkCity.OpenAsync(parsed.GetValue(folder)!, parsed.GetValue(households), cancellation);
            await measure(city, parsed, cancellation);
        }
    );

var recompute = new Command("recompute", "Working out statuses: all for the first time, all with nothing changed, a thousand, a zone.");
Measure(recompute, (city, parsed, cancellation) => RecomputeBenchmark.RunAsync(city, parsed.GetValue(rounds), cancellation));

var seconds = new Option<int>("--seconds") { Description = "How long each load lasts.", DefaultValueFactory = _ => 5 };
var tiles = new Command("tiles", "Tiles: rendered anew, kept, unchanged, under changes, and at low zooms.") { seconds };
Measure(tiles, (city, parsed, cancellation) =>
    TilesBenchmark.RunAsync(city, parsed.GetValue(rounds), parsed.GetValue(seconds), cancellation)
);

var beside = new Option<int>("--clients") { Description = "How many follow the live feed while delays are measured once more." };
var asking = new Option<int>("--tiles") { Description = "How many tiles are asked for in a second meanwhile." };
var ingest = new Command("ingest", "Reports: singly, in arrays, as a stream; how soon each is a status.") { seconds, beside, asking };
Measure(ingest, (city, parsed, cancellation) =>
    IngestBenchmark.RunAsync(
        city,
        parsed.GetValue(households),
        parsed.GetValue(rounds),
        parsed.GetValue(seconds),
        parsed.GetValue(beside),
        parsed.GetValue(asking),
        cancellation
    )
);

var kills = new Option<int>("--kills") { Description = "How often the server is killed.", DefaultValueFactory = _ => 50 };
var drill = new Command("drill", "The server is killed again and again: no report is lost or twice there.") { kills };
Measure(drill, (city, parsed, cancellation) => DrillBenchmark.RunAsync(city, parsed.GetValue(kills), cancellation));

var clients = new Option<int>("--clients") { Description = "How many follow the live feed.", DefaultValueFactory = _ => 1_000 };
var changes = new Option<int>("--changes") { Description = "How many statuses change meanwhile.", DefaultValueFactory = _ => 10_000 };
var live = new Command("live", "The live feed: from the commit to a thousand clients, and to the tiles.") { clients, changes };
Measure(live, (city, parsed, cancellation) =>
    new LiveBenchmark(city, cancellation).FreshnessAsync(parsed.GetValue(clients), parsed.GetValue(changes))
);

var resuming = new Option<int>("--clients") { Description = "How many follow, are cut off and come back.", DefaultValueFactory = _ => 200 };
var lasting = new Option<int>("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 300 };
var resume = new Command("resume", "The live feed: clients that are cut off and come back miss nothing.") { resuming, lasting };
Measure(resume, (city, parsed, cancellation) =>
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
Measure(staleness, async (city, parsed, cancellation) =>
{
    await city.ExecuteAsync(BenchmarkCity.Sql("tiles.sql"), cancellation);
    await new StalenessBenchmark(city, cancellation).RunAsync(parsed.GetValue(reads));
});

var oneByOne = new Option<int>("--changes") { Description = "How many changes, one after the other.", DefaultValueFactory = _ => 1_000 };
var exactness = new Command("exactness", "The tiles told as changed against those whose bytes differ, over random changes.") { oneByOne };
Measure(exactness, (city, parsed, cancellation) => new ExactnessBenchmark(city, cancellation).RunAsync(parsed.GetValue(oneByOne)));

var count = new Option<int>("--tiles") { Description = "How many tiles are drawn by lot.", DefaultValueFactory = _ => 2_000 };
var sample = new Command("sample", "Tiles drawn by lot: whether they are well-formed, meet their neighbours, and are read by GDAL.")
{
    count,
};
Measure(sample, (city, parsed, cancellation) => new TileSampleBenchmark(city, cancellation).RunAsync(parsed.GetValue(count)));

var compared = new Option<int>("--points")
{
    Description = "How many points are compared with PostGIS's answers.",
    DefaultValueFactory = _ => 1_000_000,
};
var lookups = new Command("lookups", "Lookups: one by one, by the ten thousand, by the million; and whether PostGIS says the same.")
{
    seconds,
    compared,
};
Measure(lookups, async (city, parsed, cancellation) =>
{
    var benchmark = new LookupsBenchmark(city, parsed.GetValue(rounds), parsed.GetValue(seconds), cancellation);
    if (parsed.GetValue(rounds) > 0)
        await benchmark.RunAsync();
    await benchmark.CompareAsync(parsed.GetValue(compared));
});

var buildings = new Option<int>("--buildings") { Description = "How many.", DefaultValueFactory = _ => 100_000 };
var imports = new Command("imports", "A file of many buildings, uploaded to a server.") { buildings };
imports.SetAction((parsed, cancellation) => ImportBenchmark.RunAsync(parsed.GetValue(folder)!, parsed.GetValue(buildings), cancellation));

var pages = new Option<int>("--pages") { Description = "How many pages are open at once.", DefaultValueFactory = _ => 50 };
var minutes = new Option<int>("--minutes") { Description = "How long changes stream into a page.", DefaultValueFactory = _ => 15 };
var visits = new Option<int>("--visits") { Description = "How often the first map is opened.", DefaultValueFactory = _ => 5 };
var instants = new Option<int>("--instants") { Description = "How many minutes of the past are shown.", DefaultValueFactory = _ => 20 };
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
Measure(viewer, (city, parsed, cancellation) =>
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
Measure(kiosk, (city, parsed, cancellation) => new KioskBenchmark(city, cancellation).RunAsync(parsed.GetValue(onTheWall)));

var asked = new Option<int>("--requests") { Description = "How many requests.", DefaultValueFactory = _ => 10_000 };
var border = new Command(
    "border",
    "Two people with a grid each, through shared caches, feeds and exports, while roles come and go: nothing of one reaches the other."
)
{
    asked,
};
border.SetAction((parsed, cancellation) => BorderBenchmark.RunAsync(parsed.GetValue(folder)!, parsed.GetValue(asked), cancellation));

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
Measure(fuzz, (city, parsed, cancellation) =>
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
Measure(fuzzFiles, (city, parsed, cancellation) =>
    FuzzFilesBenchmark.RunAsync(city, parsed.GetValue(tried), parsed.GetValue(dealt), cancellation)
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
Measure(webhooks, (city, parsed, cancellation) => WebhooksBenchmark.RunAsync(city, parsed.GetValue(down), cancellation));

var together = new Option<int>("--seconds") { Description = "For how long, alone and beside the crowd.", DefaultValueFactory = _ => 60 };
var crowd = new Command(
    "crowd",
    "Reports beside a crowd that asks for the past, exports, receives nothing and guesses passwords: none is refused, and all are "
        + "answered soon."
)
{
    together,
};
Measure(crowd, (city, parsed, cancellation) => CrowdBenchmark.RunAsync(city, parsed.GetValue(together), cancellation));

var over = new Option<int>("--over")
{
    Description = "How many households the previewed outline lies over.",
    DefaultValueFactory = _ => 100_000,
};
var moves = new Option<int>("--moves") { Description = "How many corners are moved, one after the other.", DefaultValueFactory = _ => 100 };
var outlines = new Option<int>("--outlines")
{
    Description = "How many random outlines are previewed and approved.",
    DefaultValueFactory = _ => 500,
};
var lot = new Option<int>("--seed") { Description = "By which they are drawn.", DefaultValueFactory = _ => 1 };
var zones = new Command("zones", "Planning zones: a preview over many households, and whether it says what the map shows after approval.")
{
    over,
    moves,
    outlines,
    lot,
};
Measure(zones, async (city, parsed, cancellation) =>
{
    var benchmark = new ZonesBenchmark(city, cancellation);
    if (parsed.GetValue(moves) > 0)
        await benchmark.PreviewAsync(parsed.GetValue(over), parsed.GetValue(moves));
    if (parsed.GetValue(outlines) > 0)
        await benchmark.ExactAsync(parsed.GetValue(outlines), parsed.GetValue(lot));
});

var atOnce = new Option<int>("--planners") { Description = "How many edit the same zones at once.", DefaultValueFactory = _ => 20 };
var editing = new Option<int>("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 180 };
var planners = new Command(
    "planners",
    "Planning zones: many edit the same ones at once, and no edit is lost without its author being told."
)
{
    atOnce,
    editing,
};
Measure(planners, (city, parsed, cancellation) =>
    new PlannersBenchmark(city, cancellation).RunAsync(parsed.GetValue(atOnce), parsed.GetValue(editing))
);

var urls = new Option<string>("--urls") { Description = "Where it listens.", Required = true };
var from = new Option<string>("--from") { Description = "The server whose answers it gives.", Required = true };
var file = new Option<string>("--file") { Description = "The paths it knows, one a line.", Required = true };
var bare = new Command("bare", "The ceiling that the others start: a bare Kestrel over a dictionary.") { urls, from, file };
bare.SetAction(
    (parsed, cancellation) =>
        BareServer.RunAsync(parsed.GetValue(urls)!, new Uri(parsed.GetValue(from)!), parsed.GetValue(file)!, cancellation)
);

return await new RootCommand("Measures SituationMap against what bare PostGIS does for the same work.")
{
    folder,
    households,
    rounds,
    recompute,
    ingest,
    drill,
    tiles,
    lookups,
    live,
    resume,
    staleness,
    exactness,
    sample,
    zones,
    planners,
    imports,
    border,
    fuzz,
    fuzzFiles,
    webhooks,
    crowd,
    viewer,
    kiosk,
    bare,
}
    .Parse(args)
    .InvokeAsync();
