using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using SituationMap.Store.Access;

namespace SituationMap.Web.Tests;

/// <summary>The real server with the demo community as of today, and a browser: one for all tests, which are run one after the
/// other.</summary>
public sealed class Viewer(PostgisCluster cluster) : IAsyncLifetime
{
    private TestDatabase? _database;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public TestServer Server { get; private set; } = null!;

    public TestDatabase Database => Server.Database;

    public async ValueTask InitializeAsync()
    {
        _database = await cluster.CreateDatabaseAsync();
        await StartServerAsync();
        // as long as pages wait for anything else: a busy machine is no fault
        Assertions.SetDefaultExpectTimeout(30_000);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = await Chromium.EnsureAsync(), Args = Chromium.Flags });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        await Server.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
    }

    /// <summary>Opens a page of the viewer. Disposing it fails when anything went wrong on it that no test looks at.</summary>
    /// <param name="path">Such as <c>/?lang=en</c>.</param>
    /// <param name="server">Where; null: the server itself.</param>
    /// <param name="isUser">Whether the browser is that of the user whose server it is, in local mode.</param>
    public async Task<ViewerPage> OpenAsync(
        string path = "/",
        Uri? server = null,
        bool waitForMap = true,
        bool firstVisit = false,
        bool isUser = true
    )
    {
        var page = await ViewerPage.CreateAsync(_browser!, new Uri(server ?? Server.Address, path), firstVisit, isUser);
        if (waitForMap)
            await page.MapIsDrawnAsync();
        return page;
    }

    /// <summary>Makes an account with a role everywhere, and opens the viewer as whoever has it.</summary>
    /// <param name="at">A proxy before the server; null: none is.</param>
    public async Task<ViewerPage> SignedInAsync(TestServer server, string name, string role, string path = "/?lang=en", Uri? at = null)
    {
        const string Password = "correct horse battery";
        var accounts = server.Services.GetRequiredService<AccountStore>();
        await accounts.AddAsync(name, Password, AuditEntry.OfConsole("add account", name), default);
        await accounts.GrantAsync(name, Role.Find(role)!, null, null, AuditEntry.OfConsole("grant", name), default);
        var page = await OpenAsync(path, at ?? server.Address, waitForMap: false);
        page.ExpectsErrors = true; // the browser reports being asked to sign in as one
        var form = page.Page.Locator("#gate");
        await form.GetByLabel("Account").FillAsync(name);
        await form.GetByLabel("Password").FillAsync(Password);
        await form.GetByLabel("Password").PressAsync("Enter");
        await page.MapIsDrawnAsync();
        return page;
    }

    /// <summary>A further database with nothing but the schema, for a server of a test's own.</summary>
    public Task<TestDatabase> NewDatabaseAsync() => cluster.CreateDatabaseAsync();

    /// <summary>Starts the server anew over the same database, at another address.</summary>
    public async Task RestartServerAsync()
    {
        await Server.DisposeAsync();
        await StartServerAsync();
    }

    /// <summary>Reports that a household came back from a low-risk place, for which it is observed.</summary>
    public Task ReportReturnAsync(string household) => ReportAsync("returned", household, new { from = "330100", risk = "low" });

    /// <summary>Reports a fact that is of now.</summary>
    public async Task ReportAsync(string kind, string household, object data)
    {
        var response = await Server.Client.PostAsJsonAsync(
            "/api/facts",
            new
            {
                id = Guid.NewGuid(),
                kind,
                household,
                at = DateTimeOffset.UtcNow,
                source = "system:viewer-test",
                data,
            }
        );
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Healthy, visited households that live alone in their building and of which nothing else was ever reported, neither by
    /// the demo nor by another test, in no particular order, each with a point inside it.</summary>
    public async Task<IReadOnlyList<House>> HealthyHousesAsync(int count)
    {
        var houses = new List<House>();
        await using var command = Database.DataSource.CreateCommand(
            """
            SELECT household.code, building.code, building.id, ST_X(building.point), ST_Y(building.point)
            FROM household
            JOIN building ON building.id = household.building
            JOIN household_status ON household_status.household = household.id
            WHERE household_status.status = 'healthy' AND household_status.surveyed
              AND (SELECT count(*) FROM household other WHERE other.building = building.id) = 1
              AND NOT EXISTS (
                SELECT FROM fact WHERE fact.household = household.id AND fact.kind NOT IN ('survey', 'temperature')
              )
            -- first those whose colour no letter of a neighbour covers, seen from afar
            ORDER BY EXISTS (
                SELECT
                FROM building near
                JOIN household other ON other.building = near.id
                JOIN household_status s ON s.household = other.id
                WHERE near.outline && ST_Expand(building.point, 0.0003) AND s.status <> 'healthy'
              ), md5(household.code)
            LIMIT $1
            """
        );
        command.Parameters.Add(new() { Value = count });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            houses.Add(new House(reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetDouble(3), reader.GetDouble(4)));
        return houses;
    }

    private async Task StartServerAsync() => Server = await TestServer.StartAsync(_database!, ("SituationMap:Demo", "true"));
}

/// <param name="Household">Its code.</param>
/// <param name="Building">The code of the building it lives in alone.</param>
/// <param name="Longitude">Of a point inside the building, WGS 84.</param>
public sealed record House(string Household, string Building, int BuildingId, double Longitude, double Latitude);

[CollectionDefinition(Name)]
public sealed class ViewerTests : ICollectionFixture<Viewer>
{
    public const string Name = "Viewer";
}
