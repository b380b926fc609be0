using System.Buffers;
using System.Net.Http.Headers;
using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Persons;

namespace SituationMap.Benchmarks;

/// <param name="Codes">Of its households, buildings and persons.</param>
/// <param name="Secrets">Those, and what was planted.</param>
/// <param name="Ids">Of its households.</param>
internal sealed record BorderSide(
    string Grid,
    HttpClient Client,
    IReadOnlyList<string> Codes,
    IReadOnlyList<string> Secrets,
    HashSet<int> Ids,
    string Household
)
{
    /// <summary>All of them, to be looked for at once.</summary>
    public SearchValues<string> Wanted { get; } = SearchValues.Create([.. Secrets], StringComparison.Ordinal);
}

/// <summary>Makes the accounts and what is planted on either side of the border between two grids.</summary>
internal sealed class BorderSides(NpgsqlDataSource database, AccountStore accounts, ServerProcess server, CancellationToken cancellation)
{
    private static readonly string[] Grids = ["210682-004-01", "210682-004-02"];

    /// <summary>An account with a role in one grid, what nobody else may see of it, and a planted person.</summary>
    public async Task<BorderSide> PlantAsync(int number, PersonStore persons)
    {
        var grid = Grids[number];
        var path = grid.Replace('-', '.');
        var codes = await ReadAsync(
            "SELECT code FROM household WHERE grid = text2ltree($1) UNION ALL SELECT code FROM building WHERE grid = "
                + "text2ltree($1) UNION ALL SELECT code FROM person WHERE grid = text2ltree($1)",
            row => row.GetString(0),
            path
        );
        var ids = await ReadAsync("SELECT id FROM household WHERE grid = text2ltree($1)", row => row.GetInt32(0), path);
        var (person, household) = (
            await ReadAsync(
                "SELECT p.code, h.code FROM person p JOIN household h ON h.id = p.household WHERE p.grid = text2ltree($1) "
                    + "ORDER BY p.id LIMIT 1",
                row => (row.GetString(0), row.GetString(1)),
                path
            )
        )[0];
        var details = new PersonDetails($"金丝雀{(number == 0 ? "左" : "右")}", $"1590000000{number}", $"CANARY{number:00000}");
        await persons.PutAsync(person, details, Scope.WholeCity, AuditEntry.OfConsole("record person", person), cancellation);
        return new BorderSide(
            grid,
            await ClientAsync($"border-{number}", "reporter", grid),
            codes,
            [.. codes, details.Name!, details.Phone!, details.Number!],
            [.. ids],
            household
        );
    }

    public async Task<HttpClient> ClientAsync(string name, string role, string? grid)
    {
        await accounts.AddAsync(name, null, AuditEntry.OfConsole("add account", name), cancellation);
        if (grid is not null)
            await accounts.GrantAsync(name, Role.Find(role)!, grid, null, AuditEntry.OfConsole("grant", name), cancellation);
        var key = await accounts.AddKeyAsync(
            name,
            "border",
            null,
            null,
            DateTimeOffset.UtcNow.AddDays(1),
            AuditEntry.OfConsole("add key", name),
            cancellation
        );
        var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (grid is not null && !(await client.GetAsync(new Uri("api/grids", UriKind.Relative), cancellation)).IsSuccessStatusCode)
            await pause.WaitForNextTickAsync(cancellation);
        return client;
    }

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, Func<NpgsqlDataReader, T> read, string path)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = path });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(read, cancellation);
    }
}
