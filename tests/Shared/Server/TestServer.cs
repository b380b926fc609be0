using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SituationMap.Server.Access;
using SituationMap.Store.Access;
using SituationMap.Store.Settings;

namespace SituationMap.Testing;

/// <summary>The real server on a real port of this machine, over a database of its own.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly Factory _factory;
    private readonly TestDatabase? _ownDatabase;

    private TestServer(Factory factory, TestDatabase database, bool ownsDatabase)
    {
        _factory = factory;
        _ownDatabase = ownsDatabase ? database : null;
        Database = database;
        TestSecrets.Make();
        factory.StartServer();
        Client = factory.CreateClient();
        if (factory.Services.GetRequiredService<LocalMode>().Token is { } token)
            Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Text);
    }

    /// <summary>What proves to a server in local mode that a program or a browser is its user's; all servers of the tests have the same
    /// data folder.</summary>
    public static string LocalToken => Server.Access.LocalToken.Open(new SituationMapOptions()).Text;

    /// <summary>Its database; the data source is not the server's own.</summary>
    public TestDatabase Database { get; }

    /// <summary>In local mode as its user, who has the token; else as nobody.</summary>
    public HttpClient Client { get; }

    /// <summary>Everything it has logged, a line each.</summary>
    public IReadOnlyCollection<string> Logs => _factory.Logs.Lines;

    /// <summary>Waits until it has logged a line with all of these: what is logged comes after what it is about, if only by a
    /// moment.</summary>
    public async Task LogsAsync(params string[] parts)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        try
        {
            while (!Logs.Any(line => parts.All(part => line.Contains(part, StringComparison.Ordinal))))
                await pause.WaitForNextTickAsync(limit.Token);
        }
        catch (OperationCanceledException late)
        {
            throw new InvalidOperationException($"It has not logged {string.Join(" … ", parts)}.", late);
        }
    }

    /// <summary>Where it listens, such as <c>http://127.0.0.1:41234/</c>.</summary>
    public Uri Address => Client.BaseAddress!;

    public IServiceProvider Services => _factory.Services;

    /// <summary>Starts it over a fresh database with nothing but the schema.</summary>
    /// <param name="settings">Settings such as <c>("SituationMap:Plan", "china")</c>.</param>
    public static async Task<TestServer> StartAsync(PostgisCluster cluster, params (string Key, string Value)[] settings) =>
        Start(await cluster.CreateDatabaseAsync(), ownsDatabase: true, clock: null, settings);

    /// <summary>Starts it over a database the caller keeps, such as one with data already in it, or one that a server had before.</summary>
    public static Task<TestServer> StartAsync(TestDatabase database, params (string Key, string Value)[] settings) =>
        Task.FromResult(Start(database, ownsDatabase: false, clock: null, settings));

    /// <summary>Starts it so that it has the time from <paramref name="clock"/>; the database's own clock is the machine's.</summary>
    public static TestServer Start(TestDatabase database, TimeProvider clock, params (string Key, string Value)[] settings) =>
        Start(database, ownsDatabase: false, clock, settings);

    /// <summary>A client with a key of an account of its own, in which nobody had a hand but the console.</summary>
    public async Task<HttpClient> WithKeyAsync(string account, string role, string? grid = null)
    {
        var accounts = Services.GetRequiredService<AccountStore>();
        await accounts.AddAsync(account, null, AuditEntry.OfConsole("add account", account), default);
        var granted = Role.Find(role)!;
        await accounts.GrantAsync(
            account,
            granted,
            grid,
            null,
            AuditEntry.OfConsole("grant", account),
            default,
            granted.IsAtCheckpoint ? new("C-1") : null
        );
        var (until, entry) = (DateTimeOffset.UtcNow.AddDays(1), AuditEntry.OfConsole("add key", account));
        var key = await accounts.AddKeyAsync(account, "test", null, null, until, entry, default);
        await Services.GetRequiredService<AccessDirectory>().ReloadAsync(default);
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _factory.DisposeAsync();
        if (_ownDatabase is not null)
            await _ownDatabase.DisposeAsync();
    }

    private static TestServer Start(TestDatabase database, bool ownsDatabase, TimeProvider? clock, (string Key, string Value)[] settings) =>
        new(new Factory(database, clock, settings), database, ownsDatabase);

    private sealed class Factory : WebApplicationFactory<Program>
    {
        private readonly TestDatabase _database;
        private readonly TimeProvider? _clock;
        private readonly (string Key, string Value)[] _settings;

        public CollectedLogs Logs { get; } = new();

        public Factory(TestDatabase database, TimeProvider? clock, (string Key, string Value)[] settings)
        {
            _database = database;
            _clock = clock;
            _settings = settings;
            UseKestrel();
        }

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseUrls("http://127.0.0.1:0");
            builder.UseSetting("ConnectionStrings:SituationMap", _database.ApiConnectionString);
            builder.UseSetting("ConnectionStrings:SituationMapOwner", _database.ConnectionString);
            builder.ConfigureServices(services => services.AddSingleton<ILoggerProvider>(Logs));
            if (_clock is not null)
                builder.ConfigureServices(services => services.AddSingleton(_clock));
            builder.UseSetting("SituationMap:Demo", "false");
            builder.UseSetting("SituationMap:LocalMode", "true");
            foreach (var (key, value) in _settings)
                builder.UseSetting(key, value);
        }
    }
}
