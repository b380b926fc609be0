using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Access;
using SituationMap.Store.Access;

namespace SituationMap.Server.Tests.Access;

/// <summary>Two people with a grid each ask for the same things at the same time, through the same caches, while roles come and
/// go.</summary>
public sealed class BorderTests(LockedServer locked) : IClassFixture<LockedServer>
{
    private const int Requests = 3_000;

    [Fact]
    public async Task Nothing_of_one_grid_is_ever_in_an_answer_about_the_other()
    {
        var own = await SecretsAsync(LockedServer.Inside);
        var other = await SecretsAsync(LockedServer.Outside);
        using var first = await locked.WithKeyAsync("border-1", "viewer", LockedServer.Inside);
        using var second = await locked.WithKeyAsync("border-2", "viewer", LockedServer.Outside);
        using var whole = await locked.WithKeyAsync("border-all", "viewer");
        // a third one loses and regains the role all the time, so that what is kept in memory is made anew while it is asked
        using var stop = new CancellationTokenSource();
        var churn = ChurnAsync(stop.Token);
        var leaks = new System.Collections.Concurrent.ConcurrentBag<string>();
        var answered = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Requests),
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, cancellation) =>
            {
                var random = new Random(i);
                var (client, foreign) = (i % 3) switch
                {
                    0 => (first, other),
                    1 => (second, own),
                    _ => (whole, []),
                };
                var path = PathOf(random, own, other);
                using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), cancellation);
                ((int)answer.StatusCode).ShouldBeLessThan(500, path);
                var body = Encoding.UTF8.GetString(await answer.Content.ReadAsByteArrayAsync(cancellation));
                if (answer.IsSuccessStatusCode)
                    Interlocked.Increment(ref answered);
                foreach (
                    var code in foreign.Where(code =>
                        body.Contains(code, StringComparison.Ordinal) && !path.Contains(code, StringComparison.Ordinal)
                    )
                )
                    leaks.Add($"{path}: {code}");
                // a code that was asked for may stand in the refusal, not in an answer
                if (answer.IsSuccessStatusCode && foreign.Any(code => path.Contains(code, StringComparison.Ordinal)))
                    leaks.Add($"{path} was answered");
            }
        );
        await stop.CancelAsync();
        await churn;

        leaks.ShouldBeEmpty();
        answered.ShouldBeGreaterThan(Requests / 3);
    }

    private async Task ChurnAsync(CancellationToken cancellation)
    {
        await locked.Accounts.AddAsync("border-3", null, AuditEntry.OfConsole("add account", "border-3"), default);
        var directory = locked.Server.Services.GetRequiredService<AccessDirectory>();
        for (
            var grid = LockedServer.Inside;
            !cancellation.IsCancellationRequested;
            grid = grid == LockedServer.Inside ? LockedServer.Outside : LockedServer.Inside
        )
        {
            await locked.Accounts.GrantAsync(
                "border-3",
                Role.Find("viewer")!,
                grid,
                null,
                AuditEntry.OfConsole("grant", "border-3"),
                default
            );
            await directory.ReloadAsync(default);
            await locked.Accounts.RevokeAsync("border-3", "viewer", grid, AuditEntry.OfConsole("revoke", "border-3"), default);
            await directory.ReloadAsync(default);
        }
    }

    /// <summary>The codes of a grid's households and buildings.</summary>
    private Task<IReadOnlyList<string>> SecretsAsync(string grid) =>
        locked.Database.ReadRowsAsync(
            "SELECT code FROM household WHERE grid = text2ltree(replace($1, '-', '.')) UNION ALL SELECT code FROM building "
                + "WHERE grid = text2ltree(replace($1, '-', '.'))",
            row => row.GetString(0),
            grid
        );

    private static string PathOf(Random random, IReadOnlyList<string> own, IReadOnlyList<string> other)
    {
        var code = random.Next(2) == 0 ? own[random.Next(own.Count)] : other[random.Next(other.Count)];
        var grid = random.Next(2) == 0 ? LockedServer.Inside : LockedServer.Outside;
        return random.Next(11) switch
        {
            0 => "api/households?limit=1000",
            1 => $"api/households?grid={grid}",
            2 or 3 => code.StartsWith('H') ? $"api/households/{code}/status" : $"api/buildings/{code}/matrix",
            4 => $"api/grids/{grid}/summary",
            5 => "api/search?q=0&limit=100",
            10 => random.Next(2) == 0 ? "api/exports/households" : "api/exports/buildings?format=geojson",
            6 => "ogc/collections/buildings/items?limit=1000&f=json",
            7 => "ogc/collections/households/items?limit=1000&f=json",
            _ => FormattableString.Invariant($"tiles/situation/15/{27674 + random.Next(3)}/{12350 + random.Next(3)}.mvt"),
        };
    }
}
