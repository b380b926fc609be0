using SituationMap.Core.Protocols;
using SituationMap.Server.Demo.Community;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Demo;

/// <summary>A store with the demo community, loaded once for a class of tests.</summary>
public sealed class DemoStore(PostgisCluster cluster) : IAsyncLifetime
{
    public static readonly DateTimeOffset Now = new(2026, 3, 4, 10, 30, 0, TimeSpan.FromHours(8));

    /// <summary>The plan that the demo runs under, from the files beside the server.</summary>
    public static readonly ProtocolPlan Plan = ProtocolCatalog
        .Load(ProtocolCatalog.DataFolder, new SituationMapOptions { Plan = "demo" })
        .Plan;

    public TestDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Database = await LoadAsync(cluster);

    public async ValueTask DisposeAsync() => await Database.DisposeAsync();

    public static async Task<TestDatabase> LoadAsync(PostgisCluster cluster)
    {
        var database = await cluster.CreateDatabaseAsync();
        await DemoCommunity.LoadAsync(database.DataSource, Plan, Now, progress: null, TestContext.Current.CancellationToken);
        return database;
    }
}
