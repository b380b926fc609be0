namespace SituationMap.Server.Tests.Zones;

/// <summary>A server over an empty city, and somebody who plans zones there.</summary>
public abstract class PlanningTests(PostgisCluster cluster) : IAsyncLifetime
{
    protected TestServer Server { get; private set; } = null!;

    private protected Planner Planner { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Server = await TestServer.StartAsync(cluster);
        Planner = new Planner(Server);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Server.DisposeAsync();
    }
}
