using Npgsql;
using SituationMap.Server.Demo.Community;

namespace SituationMap.Server.Demo.City;

/// <summary>
/// Fills an empty store with a made-up city: its ground, its people, its risk zones and what was reported in 120 days. Inputs only:
/// no status is worked out and no household is marked, so that the first computation is a full recompute.
/// </summary>
internal static class CityLoader
{
    /// <summary>Loads the city in one transaction, so that a load that is broken off leaves the store empty.</summary>
    public static async Task LoadAsync(
        NpgsqlDataSource database,
        CityPlan plan,
        IProgress<string>? progress,
        CancellationToken cancellation
    )
    {
        progress?.Report($"Planning a city of {plan.Households:N0} households …");
        var ground = new CityGround(plan);
        var grids = new CityGrids(ground);
        var buildings = new CityBuildings(plan, ground, grids).Build();
        var households = new CityHouseholds(plan, buildings);

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using (var transaction = await Filling.BeginAsync(connection, cancellation))
        {
            var copy = new CityCopy(connection, progress, cancellation);
            await copy.TownAsync(grids, buildings, new CityStreets(plan, ground, grids));
            await copy.PeopleAsync(households);
            await copy.ReportsAsync([.. new CityZones(plan, ground, buildings).All()], CityFacts.Report(plan, households), households);
            await Filling.CommitAsync(transaction, cancellation);
        }
        progress?.Report("Gathering statistics …");
        // not in a transaction; also marks pages as visible to all, which lets indexes answer alone
        await using var gather = new NpgsqlCommand(
            "VACUUM (ANALYZE) grid, building, household, person, checkpoint, road, zone, zone_version, fact",
            connection
        )
        {
            CommandTimeout = 0,
        };
        await gather.ExecuteNonQueryAsync(cancellation);
    }
}
