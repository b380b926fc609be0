using SituationMap.Core.Projections;
using SituationMap.Store.Files;

namespace SituationMap.Store.Imports;

/// <summary>What is known of one import while it runs.</summary>
public sealed class ImportRun(
    ImportOrder order,
    ImportSource source,
    FieldMapping mapping,
    CoordinateSystem system,
    string file,
    DateTexts dates
)
{
    private readonly List<RejectedRow> _rejections = [];
    private readonly List<MendedRow> _mended = [];

    public ImportOrder Order => order;

    public ImportSource Source => source;

    public FieldMapping Mapping => mapping;

    public CoordinateSystem System => system;

    public RowNotes Notes { get; } = new();

    public RowReader Reader => field ??= new(order.As, mapping, system, order.SwapAxes, order.TrustCrs, dates, Notes);

    public List<Finding> Findings { get; } =
    [
        .. source.Findings,
        .. source.Findings.Any(finding => finding.Refuses) ? [] : mapping.Doubts,
        .. Withheld(order, mapping),
        .. order.Crs is null && order.As.Geometry != GeometryKind.None && source.Crs?.Finding is { } described
            ? [described]
            : (Finding[])[],
    ];

    /// <summary>Only of zones, each of which gets a version.</summary>
    public List<ReadRow> Zones { get; } = [];

    public bool IsRefused => Findings.Exists(finding => finding.Refuses);

    public int Rows { get; set; }

    public int Added { get; set; }

    public int Changed { get; set; }

    public int Unchanged { get; set; }

    public int Rejected { get; private set; }

    /// <summary>What the file's rows look like on a map, once they have been compared.</summary>
    public (double[]? Bounds, byte[]? Picture) Preview { get; set; }

    public void Reject(RejectedRow row)
    {
        Rejected++;
        if (_rejections.Count < ImportReport.MaxListed)
            _rejections.Add(row);
    }

    public void Mend(MendedRow row)
    {
        if (_mended.Count < ImportReport.MaxListed)
            _mended.Add(row);
    }

    public ImportReport Report(string outcome) =>
        new(
            outcome,
            order.As.Name,
            file,
            source.Layers,
            source.Layer,
            order.As.Geometry == GeometryKind.None ? null : system.Code,
            source.Fields,
            mapping.Fields,
            mapping.Unused,
            Findings,
            Rows,
            Added,
            Changed,
            Unchanged,
            Rejected,
            [.. _rejections.OrderBy(row => row.Row)],
            _mended,
            Preview.Bounds,
            Preview.Picture
        );

    private static IEnumerable<Finding> Withheld(ImportOrder order, FieldMapping mapping)
    {
        var withheld = mapping.Unused.Where(order.As.Withholds).ToList();
        if (withheld.Count > 0)
            yield return new Finding(
                "personal-withheld",
                $"Names and numbers of persons are not taken with households: {string.Join(", ", withheld)}. Import them as persons."
            );
    }
}
