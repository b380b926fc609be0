using System.Text.Json;
using System.Text.Json.Nodes;
using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Projections;
using SituationMap.Geo.Features;
using SituationMap.Geo.Outlines;
using SituationMap.Store.Files;
using SituationMap.Store.Imports;

namespace SituationMap.Store.Zones.Outlines;

/// <summary>How a file with outlines is to be read.</summary>
/// <param name="Crs">The coordinate system; null: what the file declares, else CRS84.</param>
/// <param name="Layer">The layer, of a file with several.</param>
/// <param name="SwapAxes">The file has northing or latitude first.</param>
/// <param name="TrustCrs">The declared system is right, whatever it looks like.</param>
public sealed record OutlineOrder(string? Crs, string? Layer, bool SwapAxes, bool TrustCrs);

/// <param name="Row">Its place in the file, from 1.</param>
/// <param name="Name">What the file calls it; null: nothing.</param>
/// <param name="Outline">GeoJSON Polygon or MultiPolygon, lon, lat (WGS 84).</param>
public sealed record OutlineInFile(
    int Row,
    string? Name,
    double SquareMetres,
    [property: Schema("Surface")] JsonObject Outline,
    IReadOnlyList<Mended> Mended
);

/// <summary>The outlines in a file, for a planner to take into a draft; nothing is stored.</summary>
/// <param name="Layers">The file's layers where it has several.</param>
/// <param name="Layer">The one that was read.</param>
/// <param name="Crs">As which it was read; null: nothing was.</param>
/// <param name="Rows">All that the file has; at most <see cref="OutlineFile.MaxRows"/> of them are told.</param>
/// <param name="Systems">The coordinate systems that can be chosen.</param>
public sealed record OutlinesResponse(
    string File,
    IReadOnlyList<string> Layers,
    string? Layer,
    string? Crs,
    IReadOnlyList<Finding> Findings,
    int Rows,
    IReadOnlyList<OutlineInFile> Outlines,
    IReadOnlyList<RejectedRow> Rejections,
    IEnumerable<SystemResponse> Systems
);

/// <summary>Reads outlines from files as imports read them: any format, any coordinate system, the same checks of where they lie.</summary>
public sealed class OutlineFile(NpgsqlDataSource database, CoordinateSystems systems)
{
    public const int MaxRows = 200;

    /// <summary>As many programs of GDAL as run for planners at once.</summary>
    private static readonly SemaphoreSlim Turn = new(2);

    private static readonly ImportCollection Collection = new(
        "outlines",
        GeometryKind.Surface,
        [new("name", FieldKind.Text, "a name", ["name", "zonename", "名称", "区域名称", "code", "编码", "id"])]
    );

    /// <summary>An outline has none.</summary>
    private static readonly DateTexts NoDates = new(TimeZoneInfo.Utc, DateTimeOffset.UnixEpoch);

    /// <exception cref="ImportRefusedException">The file cannot be read at all.</exception>
    public async Task<OutlinesResponse> ReadAsync(ImportFolder folder, OutlineOrder order, CancellationToken cancellation)
    {
        await Turn.WaitAsync(cancellation);
        try
        {
            var source = await ImportSource.OpenAsync(folder, order.Layer, FieldMapping.Known(Collection, []), systems, cancellation);
            var mapping = FieldMapping.Make(Collection, source.Fields, []);
            var findings = new List<Finding>(source.Findings);
            if (!findings.Exists(finding => finding.Refuses))
                findings.AddRange(mapping.Doubts);
            var declared = order.Crs ?? source.Crs?.Name ?? CoordinateSystems.Default;
            var system = order.Crs is null && source.Crs is { System: { } described } ? described : systems.Find(declared);
            if (order.Crs is null && source.Crs?.Finding is { } own)
                findings.Add(own);
            if (system is null)
                findings.Add(
                    new Finding(
                        "crs-unknown",
                        $"The file is said to be in a system that is not read: {FileCrs.Expected(declared)}.",
                        Refuses: true
                    )
                );
            List<OutlineInFile> outlines = [];
            List<RejectedRow> rejections = [];
            var count = 0;
            if (system is not null && !findings.Exists(finding => finding.Refuses))
            {
                var rows = new List<SourceRow>();
                foreach (var row in source.Rows())
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (!row.IsBlank && count++ < MaxRows)
                        rows.Add(row);
                }
                var reader = new RowReader(Collection, mapping, system, order.SwapAxes, order.TrustCrs, NoDates, new RowNotes());
                if (await CheckAsync(rows, reader, system, source.Unit, order, cancellation) is { } finding)
                    findings.Add(finding);
                if (!findings.Exists(found => found.Refuses))
                    Read(rows, reader, outlines, rejections);
            }
            return new OutlinesResponse(
                folder.Name,
                source.Layers,
                source.Layer,
                system?.Code,
                findings,
                count,
                outlines,
                rejections,
                SystemResponse.Of(systems)
            );
        }
        finally
        {
            Turn.Release();
        }
    }

    private async Task<Finding?> CheckAsync(
        List<SourceRow> rows,
        RowReader reader,
        CoordinateSystem system,
        DrawingUnit? unit,
        OutlineOrder order,
        CancellationToken cancellation
    )
    {
        var sample = rows.Where(row => row.Fault is null)
            .Select(row => reader.ReadRaw(row).Raw)
            .OfType<Geometry>()
            .Where(raw => !raw.IsEmpty)
            .Select(raw => ("", raw.EnvelopeInternal.Centre))
            .ToList();
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var covered = await CoveredArea.ReadAsync(connection, cancellation);
        return await new PositionCheck(connection, systems, covered, unit, cancellation).CheckAsync(
            Collection,
            system,
            order.SwapAxes,
            sample,
            order.TrustCrs
        );
    }

    private static void Read(List<SourceRow> rows, RowReader reader, List<OutlineInFile> outlines, List<RejectedRow> rejections)
    {
        foreach (var row in rows)
        {
            var (read, _, fault) = reader.Read(row);
            if (read is null)
            {
                rejections.Add(new RejectedRow(row.Number, null, fault!.Field, fault.Code, fault.Expected));
                continue;
            }
            // the rules that every outline goes by
            var (outline, wrong, _) = OutlineCheck.Read(JsonSerializer.SerializeToElement(GeoJson.ToJson(read.Shape!)), "wkt");
            if (outline is null)
                rejections.Add(new RejectedRow(row.Number, null, wrong!.Field, wrong.Code, wrong.Expected));
            else
                outlines.Add(
                    new OutlineInFile(
                        row.Number,
                        (string?)read.Fields["name"],
                        Math.Round(LocalMetres.Around(outline.Surface).SquareMetres(outline.Surface), 1),
                        GeoJson.ToJson(outline.Surface),
                        read.Mended is null ? outline.Mended : [new Mended("self-intersection", null, null, read.Mended), .. outline.Mended]
                    )
                );
        }
    }
}
