namespace SituationMap.Server.Tests;

/// <summary>A server over the demo community for all tests of a class: they only read, or change what no other looks at.</summary>
public sealed class SharedDemo(PostgisCluster cluster) : IAsyncLifetime
{
    public DemoServer Demo { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Demo = await DemoServer.StartAsync(cluster);

    public ValueTask DisposeAsync() => Demo.DisposeAsync();
}
