namespace SituationMap.Server.Tests;

/// <summary>A server over a store with nothing but the schema, for all tests of a class: they only read.</summary>
public sealed class EmptyServer(PostgisCluster cluster) : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync(cluster);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
