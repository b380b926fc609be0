using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Tests;

/// <summary>A server over the demo community, and what tests ask of it again and again.</summary>
public sealed class DemoServer : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private DemoServer(TestDatabase database, TestServer server) => (_database, Server) = (database, server);

    public TestServer Server { get; }

    public TestDatabase Database => _database;

    public HttpClient Client => Server.Client;

    internal Snapshot Snapshot => Server.Services.GetRequiredService<SnapshotHolder>().Current;

    /// <param name="settings">As <see cref="TestServer"/> takes them.</param>
    public static async Task<DemoServer> StartAsync(PostgisCluster cluster, params (string Key, string Value)[] settings)
    {
        var database = await cluster.CreateDemoDatabaseAsync();
        return new DemoServer(database, await TestServer.StartAsync(database, settings));
    }

    /// <summary>A well-formed fact of a household: somebody came back just now.</summary>
    public static JsonObject Returned(string household, Guid? id = null) =>
        new()
        {
            ["id"] = id ?? Guid.NewGuid(),
            ["kind"] = "returned",
            ["household"] = household,
            ["at"] = DateTimeOffset.UtcNow.AddMinutes(-1),
            ["source"] = "grid:210682-004-01",
            ["data"] = new JsonObject { ["from"] = "330100", ["risk"] = "low" },
        };

    public async Task<JsonElement> GetJsonAsync(string path) =>
        JsonSerializer.Deserialize<JsonElement>(await Client.GetStringAsync(new Uri(path, UriKind.Relative)));

    /// <summary>The ids of the features that a page of a collection has.</summary>
    public async Task<string[]> GetIdsAsync(string path) =>
        [.. (await GetJsonAsync(path)).GetProperty("features").EnumerateArray().Select(feature => feature.GetProperty("id").GetString()!)];

    public Task<HttpResponseMessage> PostFactsAsync(string body, string mediaType = "application/json") =>
        Client.PostAsync(new Uri("api/facts", UriKind.Relative), new StringContent(body, System.Text.Encoding.UTF8, mediaType));

    /// <summary>Until nothing is dirty any more and the snapshot has followed the feed to its end.</summary>
    public async Task WaitUntilSettledAsync() =>
        await WaitAsync(async () =>
            await Database.ReadAsync<long>("SELECT count(*) FROM dirty_household") == 0
            && await Database.ReadAsync<long>("SELECT last FROM feed_counter") == Snapshot.Sequence
        );

    public static async Task WaitAsync(Func<Task<bool>> condition, int seconds = 60)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!await condition())
            (await pause.WaitForNextTickAsync(limit.Token)).ShouldBeTrue();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _database.DisposeAsync();
    }
}
