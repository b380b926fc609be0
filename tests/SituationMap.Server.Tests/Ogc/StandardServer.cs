namespace SituationMap.Server.Tests.Ogc;

/// <summary>A server over the demo community for all of OGC's assertions.</summary>
public sealed class StandardServer(PostgisCluster cluster) : IAsyncLifetime
{
    public DemoServer Demo { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Demo = await DemoServer.StartAsync(cluster);

    public ValueTask DisposeAsync() => Demo.DisposeAsync();
}
