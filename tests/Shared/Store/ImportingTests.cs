namespace SituationMap.Testing;

/// <summary>Each test begins with a store of its own, with the grids in it.</summary>
public abstract class ImportingTests(PostgisCluster cluster) : IAsyncLifetime
{
    private protected ImportStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await ImportStore.MakeAsync(cluster);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Store.DisposeAsync();
    }
}
