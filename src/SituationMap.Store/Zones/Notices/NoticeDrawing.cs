using System.Globalization;
using System.Net;
using System.Text;
using NetTopologySuite.Geometries;
using NetTopologySuite.LinearReferencing;
using Npgsql;
using SituationMap.Geo.Outlines;
using SituationMap.Store.Database;

namespace SituationMap.Store.Zones.Notices;

/// <param name="Name">Empty where it has none.</param>
/// <param name="Line">Lon, lat.</param>
public sealed record NoticeStreet(string Name, Geometry Line);

/// <summary>Draws a zone's outline among the streets, north up, in metres, so that people find their own.</summary>
public static class NoticeDrawing
{
    /// <summary>The share of the larger side by which the drawing reaches beyond the outline.</summary>
    private const double Margin = 0.06;

    /// <summary>The share of the larger side that a letter is high.</summary>
    private const double Letter = 0.022;

    public static async Task<NoticeStreet[]> StreetsAsync(NpgsqlDataSource database, MultiPolygon outline, CancellationToken cancellation)
    {
        await using var command = database.Command(
            "SELECT name, line FROM road WHERE line && ST_Expand($1::geometry, "
                + "GREATEST(ST_XMax($1) - ST_XMin($1), ST_YMax($1) - ST_YMin($1)) * 0.1) ORDER BY id",
            outline
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => new NoticeStreet(row.GetString(0), row.GetFieldValue<Geometry>(1)), cancellation);
    }

    public static string Of(MultiPolygon outline, IEnumerable<NoticeStreet> streets)
    {
        var metres = LocalMetres.Around(outline);
        var zone = metres.ToMetres(outline);
        var box = zone.EnvelopeInternal.Copy();
        var size = Math.Max(box.Width, box.Height);
        box.ExpandBy(size * Margin);
        var frame = Surfaces.Factory.ToGeometry(box);
        var lines = streets
            .Select(street => (street.Name, Line: metres.ToMetres(street.Line).Intersection(frame)))
            .Where(street => !street.Line.IsEmpty)
            .ToArray();
        var svg = new StringBuilder();
        svg.Append(
            CultureInfo.InvariantCulture,
            $"<svg role=\"img\" aria-label=\"范围 outline\" viewBox=\"0 0 {box.Width:0.#} {box.Height:0.#}\"><path class=\"zone\" d=\""
        );
        foreach (var ring in Surfaces.Of(zone).SelectMany(polygon => polygon.Holes.Prepend(polygon.Shell)))
            Trace(ring).Append('Z');
        svg.Append("\"/><path class=\"street\" d=\"");
        foreach (var line in lines.SelectMany(street => Lines(street.Line)))
            Trace(line);
        svg.Append("\"/>");
        // the longest piece of each street carries its name, where there is room
        foreach (var street in lines.Where(street => street.Name.Length > 0).GroupBy(street => street.Name, StringComparer.Ordinal))
        {
            var longest = street.SelectMany(one => Lines(one.Line)).MaxBy(line => line.Length)!;
            if (longest.Length > street.Key.Length * size * Letter)
                Write(street.Key, new LengthIndexedLine(longest), longest.Length);
        }
        return svg.Append("</svg>").ToString();

        StringBuilder Trace(LineString line) =>
            svg.Append('M')
                .AppendJoin('L', line.Coordinates.Select(at => string.Create(CultureInfo.InvariantCulture, $"{X(at):0.#} {Y(at):0.#}")));

        void Write(string name, LengthIndexedLine line, double length)
        {
            var (at, before, after) = (line.ExtractPoint(length / 2), line.ExtractPoint(length * 0.45), line.ExtractPoint(length * 0.55));
            var angle = Math.Atan2(before.Y - after.Y, after.X - before.X) * 180 / Math.PI;
            angle =
                angle > 90 ? angle - 180
                : angle <= -90 ? angle + 180
                : angle; // never upside down
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<text x=\"{X(at):0.#}\" y=\"{Y(at):0.#}\" font-size=\"{size * Letter:0.#}\" transform=\"rotate({angle:0.#} "
                    + $"{X(at):0.#} {Y(at):0.#})\">{WebUtility.HtmlEncode(name)}</text>"
            );
        }

        double X(Coordinate at) => at.X - box.MinX;
        double Y(Coordinate at) => box.MaxY - at.Y;
    }

    private static IEnumerable<LineString> Lines(Geometry geometry) =>
        geometry is GeometryCollection parts ? parts.Geometries.SelectMany(Lines)
        : geometry is LineString { IsEmpty: false } line ? [line]
        : [];
}
