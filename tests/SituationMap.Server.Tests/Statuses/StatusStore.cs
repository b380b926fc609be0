using Npgsql;
using Shouldly;
using SituationMap.Server.Demo.City;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;
using SituationMap.Store.Statuses;
using SituationMap.Store.Statuses.Recompute;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>A store whose clock stands still, with what works out statuses over it, and what must always be true of it.</summary>
internal sealed class StatusStore(TestDatabase database, DateTimeOffset now) : IAsyncDisposable
{
    /// <summary>The city's clock.</summary>
    public static readonly DateTimeOffset CityNow = new(2026, 3, 4, 10, 30, 0, TimeSpan.FromHours(8));

    // small parts, so that there are many
    public const int PartSize = 64;

    public static readonly ProtocolCatalog Demo = Load("demo");
    public static readonly ProtocolCatalog China = Load("china");

    public TestDatabase Database => database;

    public TimeProvider Clock { get; } = new StandingClock(now);

    /// <summary>A city with nothing worked out.</summary>
    /// <param name="at">Its clock; processes of their own go by the machine's.</param>
    public static async Task<StatusStore> WithCityAsync(
        PostgisCluster cluster,
        int seed = 1,
        int households = 2_000,
        DateTimeOffset? at = null
    )
    {
        var database = await cluster.CreateDatabaseAsync();
        await CityLoader.LoadAsync(
            database.DataSource,
            new CityPlan(households, seed, at ?? CityNow),
            progress: null,
            CancellationToken.None
        );
        return new StatusStore(database, at ?? CityNow);
    }

    public FullRecompute Full(ProtocolCatalog? protocols = null, NpgsqlDataSource? source = null) =>
        new(source ?? database.DataSource, protocols ?? Demo, Clock);

    public Task<RecomputeResult> RecomputeAsync(ProtocolCatalog? protocols = null) =>
        Full(protocols).RunAsync(2, PartSize, done: null, CancellationToken.None);

    public StatusWorker Worker(ProtocolCatalog? protocols = null) =>
        new(database.DataSource, protocols ?? Demo, Clock, Supervised.By(Clock));

    /// <summary>Works out everything one marked household after the other, as the workers do.</summary>
    public async Task RunIncrementallyAsync(ProtocolCatalog? protocols = null)
    {
        using var worker = Worker(protocols);
        await database.ExecuteAsync("SELECT mark_dirty(array_agg(id), now()) FROM household");
        await DrainAsync(worker);
    }

    public static async Task DrainAsync(StatusWorker worker)
    {
        while (await worker.RunBatchAsync(CancellationToken.None) > 0)
        {
            // until nothing is left to claim
        }
    }

    public Task ForgetAsync() => database.ExecuteAsync("TRUNCATE household_status, dirty_household");

    /// <summary>Every status, without the sequence that brought it.</summary>
    public Task<string[]> StatusesAsync() =>
        database.ReadAsync<string[]>(
            """
            SELECT COALESCE(array_agg(concat_ws(' ', household, grid, status, surveyed, 'since', since, 'until', until, edition, 'due',
              next_due) ORDER BY household), '{}')
            FROM household_status
            """
        );

    /// <summary>Row for row; tells only the rows that differ.</summary>
    public async Task StatusesShouldBeAsync(string[] expected)
    {
        expected.ShouldNotBeEmpty();
        var found = await StatusesAsync();
        string.Join('\n', found.Except(expected).Take(5)).ShouldBe(string.Join('\n', expected.Except(found).Take(5)));
        found.Length.ShouldBe(expected.Length);
    }

    public Task<long> FeedEndAsync() => database.ReadAsync<long>("SELECT last FROM feed_counter");

    /// <summary>Sequences without gap or repeat; each household's last row is its status, and no row says the same as the one
    /// before.</summary>
    public async Task FeedShouldBeSoundAsync()
    {
        (
            await database.ReadAsync<bool>(
                "SELECT COALESCE(min(sequence), 1) = 1 AND COALESCE(max(sequence), 0) = count(*) AND count(*) = (SELECT last "
                    + "FROM feed_counter) FROM feed"
            )
        ).ShouldBeTrue("the feed has a gap");
        (
            await database.ReadAsync<long>(
                """
                SELECT count(*) FROM household_status s
                LEFT JOIN LATERAL (SELECT * FROM feed WHERE kind = 'status' AND subject = s.household
                  ORDER BY sequence DESC LIMIT 1) f ON true
                WHERE (s.status, s.surveyed, s.since, s.until, s.edition, s.sequence) IS DISTINCT
                  FROM (f.status, f.surveyed, f.since, f.until, f.edition, f.sequence)
                """
            )
        ).ShouldBe(0, "households whose last feed row is not their status");
        (
            await database.ReadAsync<long>(
                """
                SELECT count(*) FROM (
                  SELECT (status, surveyed, since, until, edition) IS NOT DISTINCT
                    FROM lag((status, surveyed, since, until, edition)) OVER (PARTITION BY subject ORDER BY sequence) AS again
                  FROM feed WHERE kind = 'status') f WHERE again
                """
            )
        ).ShouldBe(0, "feed rows that say what the one before said");
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    private static ProtocolCatalog Load(string plan) =>
        ProtocolCatalog.Load(Path.Combine(AppContext.BaseDirectory, "data"), new SituationMapOptions { Plan = plan });

    private sealed class StandingClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
