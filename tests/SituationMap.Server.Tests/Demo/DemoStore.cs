using SituationMap.Core.Protocols;
using SituationMap.Server.Demo.Community;

namespace SituationMap.Server.Tests.Demo;

/// <summary>A store with the demo community, loaded once for a class of tests.</summary>
public sealed class DemoStore(PostgisCluster cluster) : IAsyncLifetime
{
    public static readonly DateTimeOffset Now = new(2026, 3, 4, 10, 30, 0, TimeSpan.FromHours(8));

    /// <summary>The plan that the demo runs under, from the files beside the server.</summary>
    public static readonly ProtocolPlan Plan = ReadPlan();

    public TestDatabase Database { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Database = await LoadAsync(cluster);

    public async ValueTask DisposeAsync() => await Database.DisposeAsync();

    public static async Task<TestDatabase> LoadAsync(PostgisCluster cluster)
    {
        var database = await cluster.CreateDatabaseAsync();
        await DemoCommunity.LoadAsync(database.DataSource, Plan, Now, progress: null, TestContext.Current.CancellationToken);
        return database;
    }

    private static ProtocolPlan ReadPlan()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "data", "protocols");
        var files = Directory
            .GetFiles(folder, "*.json", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllText);
        var reading = ProtocolReader.Read(files, "demo");
        return reading.Plan ?? throw new InvalidOperationException(string.Join('\n', reading.Errors));
    }
}
