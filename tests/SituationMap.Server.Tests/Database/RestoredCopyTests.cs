using Shouldly;
using SituationMap.Store.Backups;

namespace SituationMap.Server.Tests.Database;

/// <summary>
/// A copy made with PostgreSQL's own programs is the same store: it is restored with an empty search_path, and nothing in it depends on
/// one.
/// </summary>
public sealed class RestoredCopyTests(PostgisCluster cluster)
{
    [Fact]
    public async Task Has_every_definition()
    {
        await using var original = await cluster.CreateDatabaseAsync();
        await using var copy = await cluster.CreateEmptyDatabaseAsync();

        await PostgresCopy.CopyAsync(original, copy);

        var definitions = await DefinitionsAsync(original);
        definitions.Keys.ShouldContain("TRIGGER moved ON situation.building");
        (await DefinitionsAsync(copy)).ShouldBe(definitions);
    }

    [Fact]
    public async Task Marks_the_households_of_a_building_that_moves()
    {
        await using var original = await cluster.CreateDemoDatabaseAsync();
        await using var copy = await cluster.CreateEmptyDatabaseAsync();

        await PostgresCopy.CopyAsync(original, copy);

        var building = await copy.ReadAsync<int>(
            "SELECT building FROM household GROUP BY building ORDER BY count(*) DESC, building LIMIT 1"
        );
        var homes = await copy.ReadAsync<long>("SELECT count(*) FROM household WHERE building = $1", building);
        (await MovedAsync(original)).ShouldBe(homes);
        (await MovedAsync(copy)).ShouldBe(homes);

        async Task<long> MovedAsync(TestDatabase database)
        {
            await database.ExecuteAsync("DELETE FROM dirty_household");
            await database.ExecuteAsync("UPDATE building SET outline = outline, address = address || '+' WHERE id = $1", building);
            (await database.ReadAsync<long>("SELECT count(*) FROM dirty_household")).ShouldBe(0, "one that stays where it was");
            await database.ExecuteAsync("UPDATE building SET outline = ST_Translate(outline, 0.00001, 0) WHERE id = $1", building);
            return await database.ReadAsync<long>("SELECT count(*) FROM dirty_household");
        }
    }

    [Fact]
    public async Task Finds_the_names_in_every_function_whatever_the_session_looks_through()
    {
        await using var database = await cluster.CreateDatabaseAsync();

        var dependent = await database.ReadRowsAsync(
            """
            SELECT p.oid::regprocedure::text FROM pg_proc p
            WHERE p.pronamespace = 'situation'::regnamespace
              AND p.prosqlbody IS NULL  -- names in BEGIN ATOMIC and RETURN are looked up when the function is made
              AND NOT EXISTS (SELECT FROM unnest(p.proconfig) setting WHERE setting LIKE 'search\_path=%')
            """,
            row => row.GetString(0)
        );

        dependent.ShouldBeEmpty();
    }

    private static async Task<IReadOnlyDictionary<string, string>> DefinitionsAsync(TestDatabase database)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        return (await StoreContent.ReadAsync(connection, CancellationToken.None)).Objects;
    }
}
