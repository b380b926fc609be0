using SituationMap.Server.Access;
using SituationMap.Server.Commands;
using SituationMap.Server.Duty;
using SituationMap.Server.Exports;
using SituationMap.Server.Facts;
using SituationMap.Server.Gates;
using SituationMap.Server.Grids;
using SituationMap.Server.Hosting;
using SituationMap.Server.Imports;
using SituationMap.Server.Jobs;
using SituationMap.Server.Live;
using SituationMap.Server.Lookups;
using SituationMap.Server.Ogc;
using SituationMap.Server.Persons;
using SituationMap.Server.Residents;
using SituationMap.Server.Search;
using SituationMap.Server.Statuses;
using SituationMap.Server.Subscriptions;
using SituationMap.Server.Tiles;
using SituationMap.Server.Web;
using SituationMap.Server.Zones;
using SituationMap.Store.Duty;
using SituationMap.Store.Facts;
using SituationMap.Store.Gates;
using SituationMap.Store.Households;
using SituationMap.Store.Replay;
using SituationMap.Store.Search;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;
using SituationMap.Store.Statuses.Recompute;
using SituationMap.Store.Tiles;

return await CommandLine.RunAsync(args, static async (invocation, cancellationToken) =>
{
    var builder = invocation.CreateBuilder();
    await using var store = await builder.AddStoreAsync(invocation, cancellationToken);
    builder.Services.AddSupervision();
    builder.Services.AddHttp(store);
    await builder.AddAccessAsync(store, cancellationToken);
    await builder.AddPersonsAsync(store, cancellationToken);
    builder
        .Services.AddSingleton<FactStore>()
        .AddSingleton<FactWriter>()
        .AddHostedService(services => services.GetRequiredService<FactWriter>());
    builder.Services.AddSingleton<PassKeys>().AddSingleton<PassStore>().AddSingleton<CrossingStore>();
    builder.Services.AddSingleton<GateDesk>().AddSingleton<GatePasses>().AddSingleton<GateWords>();
    builder.Services.AddZones();
    builder.Services.AddHostedService<RecomputeOnNewRules>();
    builder.Services.AddSingleton<HouseholdStore>().AddSingleton<HouseholdFilters>();
    builder.Services.AddSingleton<ChangeStore>();
    builder.Services.AddSingleton<AcknowledgementStore>();
    builder.Services.AddSingleton<StatusWorker>().AddHostedService(services => services.GetRequiredService<StatusWorker>());
    builder
        .Services.AddSingleton<DutyReader>()
        .AddSingleton<DutyWriter>()
        .AddSingleton<CoverSettler>()
        .AddSingleton<PostBook>()
        .AddHostedService<DutyWorker>();
    builder
        .Services.AddSingleton<LeftOut>()
        .AddSingleton<SnapshotLoader>()
        .AddSingleton<StructureReader>()
        .AddSingleton<SnapshotHolder>()
        .AddHostedService<SnapshotFollower>();
    builder
        .Services.AddSingleton<PastSnapshots>()
        .AddSingleton<CorrectedSnapshots>()
        .AddSingleton<SharedSummaries>()
        .AddSingleton<OverdueHouseholds>()
        .AddSingleton<WorkList>()
        .AddSingleton<WorkCounts>()
        .AddSingleton<PresentWorkCounts>()
        .AddSingleton<ClosedWork>()
        .AddSingleton<ClosedItems>()
        .AddSingleton<RoundHomes>()
        .AddSingleton<KnownPacks>();
    builder
        .Services.AddSingleton(LayerCatalog.Load)
        .AddSingleton<GridLevels>()
        .AddSingleton<CityDifference>()
        .AddSingleton<TouchedTiles>()
        .AddSingleton<TileEncoder>()
        .AddSingleton<TileVersions>()
        .AddSingleton<TileCache>()
        .AddSingleton<WorkTiles>();
    builder.Services.AddSingleton<BasemapHolder>();
    builder.Services.AddSingleton<LiveHub>().AddSingleton<LiveHistory>();
    builder
        .Services.AddSingleton<CountSeries>()
        .AddSingleton<CheckpointPassages>()
        .AddSingleton<FiguresOfDay>()
        .AddSingleton<PublicFigures>();
    builder.Services.AddSingleton(_ => PositionReader.LoadSystems()).AddSingleton<Lookup>();
    builder.Services.AddSingleton(_ => Pinyin.Load());
    await builder.Services.AddJobsAsync(store, cancellationToken);
    builder.Services.AddImports().AddExports().AddSubscriptions().AddResidents();

    await using var app = builder.Build();
    app.UseHttp();
    app.MapFacts();
    app.MapPasses();
    app.MapGates();
    app.MapGatePack();
    app.MapCrossings();
    app.MapHouseholds();
    app.MapHouseholdLists();
    app.MapChanges();
    app.MapWork();
    app.MapWorkPack();
    app.MapPosts();
    app.MapShifts();
    app.MapWorkers();
    app.MapAcknowledgements();
    app.MapResidents();
    app.MapPersons();
    app.MapBuildings();
    app.MapGrids();
    app.MapFigures();
    app.MapZones();
    app.MapLookups();
    app.MapAreas();
    app.MapSearch();
    app.MapOgc();
    app.MapApiPage();
    app.MapTiles();
    app.MapWorkTiles();
    app.MapBasemap();
    app.MapStyles();
    app.MapLive();
    app.MapImports();
    app.MapExports();
    app.MapHouseholdListExport();
    app.MapSubscriptions();
    app.MapJobs();
    app.MapDashboard();
    app.MapViewer();
    app.TellWhereTheMapIs();

    await app.RunAsync(cancellationToken);
});

/// <summary>The server; named so that tests can start it.</summary>
public partial class Program;
