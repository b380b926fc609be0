using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Access;
using SituationMap.Store.Access;

namespace SituationMap.Server.Tests.Access;

/// <summary>A server over the demo community into which nobody gets without signing in, and its accounts.</summary>
public sealed class LockedServer(PostgisCluster cluster) : IAsyncLifetime
{
    public const string Password = "correct horse battery";

    /// <summary>A grid of the demo community, and one beside it.</summary>
    public const string Inside = "210682-004-01";
    public const string Outside = "210682-004-02";

    private TestDatabase _database = null!;

    /// <summary>Further settings of the server.</summary>
    public (string Key, string Value)[] Settings { get; init; } = [];

    /// <summary>The time there; the community's last report is of when it begins. Null: the time of day.</summary>
    internal DemoDay? Day { get; init; }

    public TestServer Server { get; private set; } = null!;

    public TestDatabase Database => _database;

    public HttpClient Nobody => Server.Client;

    internal AccountStore Accounts => Server.Services.GetRequiredService<AccountStore>();

    internal AuditSealer Audit => Server.Services.GetRequiredService<AuditSealer>();

    public async ValueTask InitializeAsync()
    {
        (string, string)[] settings = [("SituationMap:LocalMode", "false"), .. Settings];
        _database = Day is null ? await cluster.CreateDemoDatabaseAsync() : await cluster.CreateDemoDatabaseAsync(DemoDay.Begin);
        Server = Day is null ? await TestServer.StartAsync(_database, settings) : TestServer.Start(_database, Day, settings);
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>Adds an account of that role and gives a client that has signed in with it.</summary>
    /// <param name="grid">Where; null: everywhere.</param>
    public async Task<HttpClient> SignInAsync(string name, string? role, string? grid = null, DateTimeOffset? until = null)
    {
        (await Accounts.AddAsync(name, Password, AuditEntry.OfConsole("add account", name), default)).ShouldBeTrue();
        if (role is not null)
        {
            var granted = Role.Find(role)!;
            var checkpoint = granted.IsAtCheckpoint ? new GuardedCheckpoint("C-1") : null;
            (
                await Accounts.GrantAsync(name, granted, grid, until, AuditEntry.OfConsole("grant", name), default, checkpoint)
            ).ShouldBeTrue();
        }
        return await SignInAgainAsync(name);
    }

    public async Task<HttpClient> SignInAgainAsync(string name)
    {
        var client = new HttpClient(new SocketsHttpHandler()) { BaseAddress = Server.Address };
        using var answer = await client.PostAsJsonAsync("api/session", new { name, password = Password });
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        return client;
    }

    /// <summary>A client with a key of an account of that role.</summary>
    public Task<HttpClient> WithKeyAsync(string name, string role, string? grid = null) => Server.WithKeyAsync(name, role, grid);

    /// <summary>What was granted beside it holds from now on.</summary>
    public Task ReloadAsync() => Server.Services.GetRequiredService<AccessDirectory>().ReloadAsync(default);

    public static async Task<JsonElement> GetAsync(HttpClient client, string path) =>
        await client.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));
}
