using SituationMap.Geo.Shapes;
using SituationMap.Geo.VectorTiles;
using SituationMap.Store.Database;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Live;

/// <summary>What differs between two sequences, said in terms of the later picture.</summary>
/// <param name="After">The later picture; everything below refers to indexes in it.</param>
/// <param name="Households">Households whose state was set.</param>
/// <param name="Buildings">The buildings of these.</param>
/// <param name="Zones">Zones that began, changed or ended.</param>
/// <param name="EditedBuildings">Buildings that were put up, changed or taken down.</param>
/// <param name="EditedCheckpoints">Checkpoints that were put up, changed, taken down, passed the other way, manned or left.</param>
/// <param name="Acknowledgements">Rows by which somebody took note of a change.</param>
/// <param name="Covers">Rows by which the cover of a post became another, or somebody else was told of its gap.</param>
/// <param name="Tiles">The tiles that differ, each with the layers of it that do (see <see cref="LayerCatalog.Bit"/>).</param>
internal sealed record SnapshotChange(
    Snapshot After,
    IReadOnlyList<int> Households,
    IReadOnlyList<int> Buildings,
    IReadOnlyList<Edited> Zones,
    IReadOnlyList<Edited> EditedBuildings,
    IReadOnlyList<Edited> EditedCheckpoints,
    IReadOnlyList<FeedRow> Acknowledgements,
    IReadOnlyList<FeedRow> Covers,
    IReadOnlyDictionary<TileId, int> Tiles
)
{
    /// <summary>Null: it touches more tiles than can be told, and everybody has to start over.</summary>
    /// <param name="rows">The rows of the feed up to the sequence of <paramref name="after"/>.</param>
    /// <param name="before">
    /// The picture before these rows, where it is still at hand: a status that only lasts longer now looks as before, and its tiles
    /// stay as they are. Null: every building that a row concerns is taken to look different.
    /// </param>
    public static SnapshotChange? Describe(IReadOnlyCollection<FeedRow> rows, Snapshot? before, Snapshot after, TouchedTiles touched)
    {
        var city = after.City;
        var households = rows.Where(row => row.Kind == FeedKind.Status)
            .Select(row => city.IndexOfHousehold(row.Subject))
            .Where(index => index >= 0)
            .Distinct()
            .ToArray();
        if (touched.Between(before, after, households, rows) is not { } tiles)
            return null;
        var buildings = households.Select(index => city.Households[index].Building).Distinct().ToArray();
        return new SnapshotChange(
            after,
            households,
            buildings,
            Edits(rows.Where(row => row.Kind == FeedKind.Zone)),
            Edits(rows.Where(row => row.Kind == FeedKind.Building)),
            Edits(
                rows.Where(row => row.Kind is FeedKind.Checkpoint or FeedKind.Passage)
                    // a post's cover is an edit of its checkpoint
                    .Concat(
                        rows.Where(row => row.Cover?.Checkpoint is not null)
                            .Select(row => row with { Subject = row.Cover!.Checkpoint!.Value })
                    )
            ),
            [.. rows.Where(row => row.Kind == FeedKind.Acknowledgement)],
            [.. rows.Where(row => row.Cover is not null)],
            tiles
        );

        static Edited[] Edits(IEnumerable<FeedRow> of) =>
            [
                .. from row in of
                group row by row.Subject into edits
                select new Edited(
                    edits.Key,
                    edits
                        .Where(row => row.Touched is { IsEmpty: false })
                        .Select(row => Box.Of(row.Touched!.EnvelopeInternal))
                        .Aggregate(Box.None, Box.Around)
                ),
            ];
    }
}

/// <summary>Something that was put on the map, changed, or taken off it.</summary>
/// <param name="Where">Around its old place and its new one.</param>
internal readonly record struct Edited(int Id, Box Where);
