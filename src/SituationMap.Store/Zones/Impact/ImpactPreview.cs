using System.Data;
using NetTopologySuite.Geometries;
using NetTopologySuite.Geometries.Prepared;
using NetTopologySuite.Operation.Overlay;
using NetTopologySuite.Operation.OverlayNG;
using Npgsql;
using SituationMap.Core;
using SituationMap.Geo.Features;
using SituationMap.Geo.Indexes;
using SituationMap.Geo.Outlines;
using SituationMap.Geo.Shapes;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Store.Zones.Impact;

/// <summary>Says what a draft would do, before anybody approves it.</summary>
public sealed class ImpactPreview(
    NpgsqlDataSource database,
    ProtocolCatalog protocols,
    SnapshotHolder holder,
    StatusImpact statuses,
    BuildingReads reads,
    TimeProvider clock
)
{
    /// <summary>Metres from a crossing within which a checkpoint stands at it.</summary>
    private const double AtCrossing = 60;

    /// <summary>Metres within which crossings are one: carriageways and paths beside each other.</summary>
    private const double OneCrossing = 15;

    /// <param name="code">The zone that the draft changes; null or unknown: a new one.</param>
    /// <returns>What it would do, or why it is not told: it, or the zone it changes, reaches beyond the planner's grids.</returns>
    public async Task<(ImpactResponse? Impact, Fault? Outside)> OfAsync(
        string? code,
        DraftContent content,
        IReadOnlyList<Mended> mended,
        ZoneActor planner,
        CancellationToken cancellation
    )
    {
        var now = clock.GetUtcNow();
        var at = content.From is { } from && from > now ? from : now;
        var snapshot = holder.Current;
        await using var connection = await database.OpenConnectionAsync(cancellation);
        // the zone, its parts, the buildings and what was reported in them as of one moment
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var zone = code is null ? null : await ZoneRecords.ReadAsync(connection, code, now, cancellation);
        if (
            (
                planner.Check(holder, protocols.Plan, content.Outline, "geometry")
                ?? (zone is null ? null : planner.Check(holder, protocols.Plan, zone, now))
            ) is
            { } outside
        )
            return (null, outside);
        // what the draft takes over from: the zone, and the parts into which it was split
        var parts = zone is null or { Parts.Count: 0 }
            ? []
            : (await ZoneRecords.ReadPartsAsync(connection, zone.Id, at, cancellation)).AsSplit;
        int[] over = [.. zone is null ? [] : new[] { zone.Id }, .. parts.Select(part => part.Zone.Id)];
        var besides = Task.Run(() => BesidesAsync(over, content, at, cancellation), cancellation);
        var found = await statuses.WorkOutAsync(connection, snapshot.City, zone, over, content, at, cancellation);
        var inside = Inside(found, await reads.AgesAsync(connection, snapshot.City, found.Inside, at.Year, cancellation));
        var (crossings, zones, offer) = await besides;
        var touched = Touched(snapshot.City, content.Outline, found.InsideCodes);
        var manned = crossings.ConvertAll(crossing => crossing with { Checkpoint = At(snapshot, crossing) });
        var metres = LocalMetres.Around(content.Outline);
        var bound = found.Households.Where(household => household is { IsInside: true, Statuses.After: Status.Quarantined }).ToArray();
        return (
            new ImpactResponse(
                at,
                snapshot.Sequence,
                mended,
                GeoJson.ToJson(content.Outline),
                Math.Round(metres.SquareMetres(content.Outline), 1),
                Math.Round(metres.Perimeter(content.Outline), 1),
                Count(found.Households, statuses => statuses.Before),
                Count(found.Households, statuses => statuses.After),
                found.Households.Count(household => household.Statuses is null),
                [
                    .. from household in found.Households
                    where household.Statuses is { } statuses && statuses.Before != statuses.After
                    group household by household.Statuses!.Value into same
                    orderby (same.Key.Before, same.Key.After) descending
                    select new ImpactChange(
                        StatusNames.Name(same.Key.Before),
                        StatusNames.Name(same.Key.After),
                        same.Count(),
                        same.Sum(household => household.Persons)
                    ),
                ],
                inside,
                touched.Cut,
                touched.Grids,
                manned,
                manned.Count(crossing => crossing.Checkpoint is null),
                zones,
                [.. parts.Select(part => new EndingPart(part.Zone.Code, part.Standing.Name))],
                new ImpactDelivery(bound.Length, bound.Sum(household => household.Persons)),
                offer
            ),
            null
        );
    }

    private static ImpactCounts Count(IReadOnlyList<HouseholdImpact> households, Func<StatusPair, Status> of)
    {
        var counts = new int[4];
        var unsurveyed = 0;
        foreach (var household in households)
        {
            if (household.Statuses is not { } statuses)
                continue;
            counts[(int)of(statuses)]++;
            unsurveyed += of(statuses) == Status.Healthy && !statuses.Surveyed ? 1 : 0;
        }
        return new ImpactCounts(
            counts[(int)Status.Healthy],
            counts[(int)Status.Out],
            counts[(int)Status.Observed],
            counts[(int)Status.Quarantined],
            unsurveyed
        );
    }

    private static ImpactInside Inside(StatusImpactResult found, BuildingAges ages)
    {
        var inside = found.Households.Where(household => household.IsInside).ToArray();
        return new ImpactInside(
            found.Inside.Length,
            inside.Length,
            inside.Sum(household => household.Persons),
            ages.Over65,
            ages.ChildrenAlone
        );
    }

    private static (IReadOnlyList<CutBuilding> Cut, IReadOnlyList<TouchedGrid> Grids) Touched(
        City city,
        MultiPolygon outline,
        IReadOnlySet<string> inside
    )
    {
        var prepared = PreparedGeometryFactory.Prepare(outline);
        var border = PreparedGeometryFactory.Prepare(outline.Boundary);
        var near = new List<int>();
        city.BuildingIndex.Find(Box.Of(outline.EnvelopeInternal), near);
        CutBuilding[] cut =
        [
            .. near.Select(index => city.Buildings[index])
                .Where(building =>
                    border.Intersects(building.Outline) && !prepared.Covers(building.Outline) && !prepared.Touches(building.Outline)
                )
                .Select(building => new CutBuilding(
                    building.Code,
                    building.Address,
                    inside.Contains(building.Code),
                    building.HouseholdCount
                )),
        ];
        var households = near.Select(index => city.Buildings[index])
            .Where(building => inside.Contains(building.Code))
            .GroupBy(building => building.Grid)
            .ToDictionary(grid => grid.Key, grid => grid.Sum(building => building.HouseholdCount));
        var box = Box.Of(outline.EnvelopeInternal);
        var parents = city.Grids.Select(grid => grid.Parent).ToHashSet();
        TouchedGrid[] grids =
        [
            .. Enumerable
                .Range(0, city.Grids.Length)
                .Where(index =>
                    city.Grids[index] is var grid
                    && !parents.Contains(index)
                    && grid.Shape.Box.Intersects(box)
                    && (households.ContainsKey(index) || (prepared.Intersects(grid.Outline) && !prepared.Touches(grid.Outline)))
                )
                .Select(index => new TouchedGrid(city.Grids[index].Code, city.Grids[index].Name, households.GetValueOrDefault(index))),
        ];
        return (cut, grids);
    }

    private static CrossingCheckpoint? At(Snapshot snapshot, BorderCrossing crossing)
    {
        var city = snapshot.City;
        var near = new List<Near>(1);
        city.NearCheckpoints.Find(crossing.Lon, crossing.Lat, 1, near, AtCrossing);
        return near is [var (index, metres)] && city.Checkpoints[index] is var checkpoint
            ? new CrossingCheckpoint(checkpoint.Code, checkpoint.Name, snapshot.IsManned(checkpoint), Math.Round(metres, 1))
            : null;
    }

    /// <summary>What has to do with the outline and nothing with households.</summary>
    /// <param name="over">The ids of the zones that are over once the draft is in force.</param>
    private async Task<(List<BorderCrossing> Crossings, IReadOnlyList<OverlappedZone> Zones, BorderOffer? Offer)> BesidesAsync(
        int[] over,
        DraftContent content,
        DateTimeOffset at,
        CancellationToken cancellation
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Sql.InBatch(
                    """
                    SELECT r.name, r.class, ST_X(p.point), ST_Y(p.point)
                    FROM road r CROSS JOIN LATERAL (SELECT ST_Centroid((ST_Dump(ST_Intersection(r.line, ST_Boundary($1)))).geom) AS point) p
                    WHERE ST_Intersects(r.line, ST_Boundary($1)) ORDER BY r.class DESC, r.id
                    """,
                    content.Outline
                ),
                Sql.InBatch(
                    """
                    SELECT z.code, p.name, p.level, p.version, p.outline FROM zone_period p JOIN zone z ON z.id = p.zone
                    WHERE p.zone <> ALL ($2) AND p.starts_at <= $3 AND (p.ends_at IS NULL OR p.ends_at > $3)
                      AND ST_DWithin(p.outline, $1, $4)
                    ORDER BY z.code
                    """,
                    content.Outline,
                    over,
                    at,
                    Borders.ReachDegrees
                ),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellation);
        var metres = LocalMetres.Around(content.Outline);
        var crossings = new List<BorderCrossing>();
        while (await reader.ReadAsync(cancellation))
        {
            var crossing = new BorderCrossing(
                Math.Round(reader.GetDouble(2), GeoJson.Decimals),
                Math.Round(reader.GetDouble(3), GeoJson.Decimals),
                reader.GetString(0),
                reader.GetString(1),
                null
            );
            if (!crossings.Exists(other => metres.Distance(crossing.Lon, crossing.Lat, other.Lon, other.Lat) <= OneCrossing))
                crossings.Add(crossing);
        }
        await reader.NextResultAsync(cancellation);
        var others = await reader.ReadAllAsync(
            row =>
                (
                    Zone: new OverlappedZone(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), 0),
                    Outline: row.GetFieldValue<MultiPolygon>(4)
                ),
            cancellation
        );
        var overlapped = others
            .Select(other =>
                other.Zone with
                {
                    SquareMetres = Math.Round(
                        metres.SquareMetres(OverlayNGRobust.Overlay(other.Outline, content.Outline, SpatialFunction.Intersection)),
                        1
                    ),
                }
            )
            .Where(other => other.SquareMetres > 0)
            .ToArray();
        return (
            crossings,
            overlapped,
            Borders.Find(
                content.Outline,
                [.. others.Where(other => other.Zone.Level == content.Level).Select(other => (other.Zone.Code, other.Outline))]
            )
        );
    }
}
