using System.Collections.Immutable;
using System.Data;
using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Core;
using SituationMap.Geo.Shapes;
using SituationMap.Store.Database;

namespace SituationMap.Store.Snapshots;

/// <summary>Reads a snapshot from PostGIS, and what the feed says has changed since.</summary>
public sealed class SnapshotLoader(NpgsqlDataSource database, StructureReader structure, LeftOut? leftOut = null)
{
    private const int PageSize = 10_000;

    /// <summary>The next page of the feed, and the picture with it; no rows and the same picture where there is nothing newer.</summary>
    public async Task<(Snapshot After, FeedRow[] Rows)> FollowAsync(Snapshot before, CancellationToken cancellation)
    {
        var rows = await FeedReader.ReadAsync(database, before.Sequence, long.MaxValue, PageSize, cancellation);
        if (rows.Length == 0)
            return (before, rows);
        var built = await structure.FollowAsync(before, rows, cancellation);
        var zones = await FeedReader.FollowZonesAsync(database, before.Zones, rows, cancellation);
        var passages = FeedReader.FollowPassages(before.LastPassages, rows);
        var manned = FeedReader.FollowManned(before.Manned, rows);
        return (
            built.With(StatesOf(rows, built.City), zones, rows[^1].Sequence, rows[^1].RecordedAt) with
            {
                LastPassages = passages,
                Manned = manned,
            },
            rows
        );
    }

    /// <summary>The whole picture, together with the sequence it stands at, in one repeatable-read transaction.</summary>
    public async Task<Snapshot> LoadAsync(CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var (sequence, asOf) = await ReadPositionAsync(connection, cancellation);
        var grids = await CityReader.GridsAsync(connection, leftOut, cancellation);
        var indexes = grids.Select((grid, index) => (grid.Path, index)).ToDictionary(grid => grid.Path, grid => grid.index);
        var buildings = await CityReader.BuildingsAsync(connection, null, indexes, leftOut, cancellation);
        var city = buildings.Build(
            grids,
            await CityReader.CheckpointsAsync(connection, null, leftOut, cancellation),
            await CityReader.RoadsAsync(connection, null, leftOut, cancellation)
        );
        var states = await ReadStatesAsync(connection, city, cancellation);
        var zones = await ReadZonesAsync(connection, cancellation);
        return Snapshot.Of(city, states, zones, sequence, asOf) with
        {
            LastPassages = await ReadPassagesAsync(connection, cancellation),
            Manned = await ReadMannedAsync(connection, cancellation),
        };
    }

    public static ZoneInForce ReadZone(NpgsqlDataReader row)
    {
        var outline = LeftOut.OrNowhere(row.GetFieldValue<Geometry>(7));
        return new(
            row.GetInt32(0),
            row.GetString(1),
            row.GetInt32(2),
            row.GetString(3),
            row.GetString(4),
            row.InstantOrNull(5)!.Value,
            row.InstantOrNull(6),
            outline,
            Shape.Of(outline)
        );
    }

    private static IEnumerable<(int Index, HouseholdState State)> StatesOf(IEnumerable<FeedRow> rows, City city) =>
        from row in rows
        where row.Kind == FeedKind.Status
        let index = city.IndexOfHousehold(row.Subject)
        where index >= 0 // -1: it has been taken down since
        select (index, row.State);

    private static async Task<(long Sequence, DateTimeOffset AsOf)> ReadPositionAsync(
        NpgsqlConnection connection,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command("SELECT last, clock_timestamp() FROM feed_counter");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetInt64(0), new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero));
    }

    /// <summary>A household without a row is as every household begins: healthy and not surveyed.</summary>
    private static async Task<HouseholdState[]> ReadStatesAsync(NpgsqlConnection connection, City city, CancellationToken cancellation)
    {
        var states = new HouseholdState[city.Households.Length];
        await using var command = connection.Command("SELECT household, status, surveyed FROM household_status");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            // -1: its building is left out
            if (city.IndexOfHousehold(reader.GetInt32(0)) is >= 0 and var index)
                states[index] = new HouseholdState(reader.GetFieldValue<Status>(1), reader.GetBoolean(2));
        }
        return states;
    }

    private static async Task<ImmutableDictionary<int, string>> ReadPassagesAsync(
        NpgsqlConnection connection,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command("SELECT checkpoint, direction FROM last_passage WHERE direction IS NOT NULL");
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return (
            await reader.ReadAllAsync(row => KeyValuePair.Create(row.GetInt32(0), row.GetString(1)), cancellation)
        ).ToImmutableDictionary();
    }

    private static async Task<ImmutableDictionary<int, bool>> ReadMannedAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = connection.Command(
            """
            SELECT p.checkpoint, c.manned FROM post_cover c JOIN post p ON p.id = c.post
            WHERE p.checkpoint IS NOT NULL AND c.manned IS NOT NULL
            """
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return (
            await reader.ReadAllAsync(row => KeyValuePair.Create(row.GetInt32(0), row.GetBoolean(1)), cancellation)
        ).ToImmutableDictionary();
    }

    /// <summary>The zones in force as the feed has announced them.</summary>
    private async Task<ZoneInForce[]> ReadZonesAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = connection.Command(
            """
            SELECT z.id, z.code, v.version, v.name, v.level, v.effective_from, v.effective_to, v.outline
            FROM zone_in_force f JOIN zone z ON z.id = f.zone JOIN zone_version v ON v.zone = f.zone AND v.version = f.version
            ORDER BY z.id
            """
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var zones = await reader.ReadAllAsync(ReadZone, cancellation);
        foreach (var zone in zones.Where(zone => zone.Outline.IsEmpty))
            leftOut?.Tell("zone", zone.Id);
        return zones;
    }
}
