namespace SituationMap.Server.Tests.Replay;

/// <summary>A server over the demo community, which has thirty days behind it.</summary>
public abstract class PastTests(PostgisCluster cluster) : IAsyncLifetime
{
    protected DemoServer Demo { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Demo = await DemoServer.StartAsync(cluster);

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Demo.DisposeAsync();
    }

    /// <summary>From when until when the feed recorded.</summary>
    protected async Task<(DateTimeOffset First, DateTimeOffset Last)> SpanAsync() =>
        await Demo.Database.ReadRowAsync("SELECT min(recorded_at), max(recorded_at) FROM feed", row =>
            (row.GetFieldValue<DateTimeOffset>(0), row.GetFieldValue<DateTimeOffset>(1))
        );
}
