using Npgsql;
using Shouldly;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>Workers share the marked households among each other, and nobody who marks one waits for them.</summary>
public sealed class ClaimTests(PostgisCluster cluster) : IAsyncLifetime
{
    private StatusStore _store = null!;

    public async ValueTask InitializeAsync()
    {
        _store = await StatusStore.WithCityAsync(cluster, households: 200);
        await _store.Database.ExecuteAsync("TRUNCATE dirty_household");
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    [Fact]
    public async Task A_household_that_is_marked_while_a_worker_is_at_it_is_left_to_that_worker_and_claimed_again_afterwards()
    {
        await MarkAsync(1, 1, 2);
        await using var one = await BeginAsync();
        (await ClaimAsync(one)).ShouldBe("1, 2");
        await MarkAsync(2, 3);

        await using (var other = await BeginAsync())
            (await ClaimAsync(other)).ShouldBe("3, and another's", "the one is at 2");
        await one.Transaction.CommitAsync();

        await using var next = await BeginAsync();
        (await ClaimAsync(next)).ShouldBe("2, 3", "the other gave 3 back");
    }

    [Fact]
    public async Task Two_workers_take_different_households()
    {
        await MarkAsync(1, 2, 3, 4);
        await using var one = await BeginAsync();
        await using var other = await BeginAsync();

        (await ClaimAsync(one, most: 2)).ShouldBe("1, 2");
        // the oldest marks are the other's
        (await ClaimAsync(other, most: 4)).ShouldBe("3, 4, and another's");
    }

    [Fact]
    public async Task What_was_set_aside_is_left()
    {
        await MarkAsync(1, 2);
        await using var worker = await BeginAsync();

        (await ClaimAsync(worker, setAside: [1])).ShouldBe("2");
    }

    /// <summary>One after the other, in transactions of their own that wait for nothing.</summary>
    private async Task MarkAsync(params int[] households)
    {
        foreach (var household in households)
        {
            await _store.Database.ExecuteAsync(
                $"DO $$ BEGIN SET LOCAL lock_timeout = '1s'; PERFORM mark_households(ARRAY[{household}], now()); END $$"
            );
        }
    }

    private async Task<Claiming> BeginAsync()
    {
        var connection = await _store.Database.DataSource.OpenConnectionAsync();
        return new Claiming(connection, await connection.BeginTransactionAsync());
    }

    /// <summary>The households, and whether others were left to another worker.</summary>
    private static async Task<string> ClaimAsync(Claiming worker, int most = 100, int[]? setAside = null)
    {
        await using var claim = new NpgsqlCommand("SELECT households, contested FROM claim_households($1, $2)", worker.Connection)
        {
            Parameters =
            {
                new() { Value = most },
                new() { Value = setAside ?? [] },
            },
        };
        await using var reader = await claim.ExecuteReaderAsync();
        await reader.ReadAsync();
        return string.Join(", ", reader.GetFieldValue<int[]>(0)) + (reader.GetBoolean(1) ? ", and another's" : "");
    }

    private sealed record Claiming(NpgsqlConnection Connection, NpgsqlTransaction Transaction) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Transaction.DisposeAsync();
            await Connection.DisposeAsync();
        }
    }
}
