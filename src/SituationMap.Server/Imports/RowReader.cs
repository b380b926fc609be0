using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NetTopologySuite.Geometries;
using SituationMap.Core.Projections;
using SituationMap.Server.Http;
using SituationMap.Server.Shapes;

namespace SituationMap.Server.Imports;

/// <summary>A row as the store takes it.</summary>
/// <param name="Shape">Lon, lat (EPSG:4326); null: its collection has no place.</param>
/// <param name="Mended">What was mended of its geometry, in words; null: nothing.</param>
internal sealed record ReadRow(int Number, string Code, JsonObject Fields, Geometry? Shape, string? Mended);

/// <summary>Reads rows: the fields of a collection, and the geometry into longitude and latitude.</summary>
internal sealed partial class RowReader(ImportCollection collection, FieldMapping mapping, CoordinateSystem system, bool swapAxes)
{
    private const int Wgs84 = 4326;

    private static readonly GeometryFactory Factory = new(new PrecisionModel(), Wgs84);

    /// <summary>The geometry as the file has it, x and y untouched; null with the fault where there is none.</summary>
    public (Geometry? Raw, Fault? Fault) ReadRaw(SourceRow row)
    {
        if (mapping.Read("wkt", row) is { } wkt)
        {
            var (raw, expected) = WellKnownText.Read(wkt);
            return (raw, raw is null ? new Fault("geometry-unreadable", "wkt", expected!) : null);
        }
        if (mapping.Read("x", row) is { } x && mapping.Read("y", row) is { } y)
        {
            return Number(x) is { } easting && Number(y) is { } northing
                ? (new Point(easting, northing), null)
                : (null, new Fault("value-wrong", "x, y", "two numbers"));
        }
        return (null, new Fault("geometry-missing", "wkt", "a geometry"));
    }

    /// <summary>The row, or what is wrong with it.</summary>
    public (ReadRow? Row, string? Code, Fault? Fault) Read(SourceRow row)
    {
        var fields = new JsonObject();
        string? code = null;
        foreach (var field in collection.Fields)
        {
            if (mapping.Read(field.Name, row) is not { } text)
            {
                if (field.IsRequired)
                    return (null, code, new Fault("field-missing", field.Name, field.Expected));
                continue;
            }
            if (text.Length > 500 || text.Contains('\0', StringComparison.Ordinal) || Value(field, text) is not { } value)
                return (null, code, new Fault("value-wrong", field.Name, field.Expected));
            fields[field.Name] = value;
            code ??= value;
        }
        if (collection.Name == "grids" && Grid(fields) is { } wrong)
            return (null, code, wrong);
        if (collection.Name == "households" && Door(fields) is { } door)
            return (null, code, door);
        code = (string?)fields["code"];
        if (collection.Name is "persons" or "households" && PersonalFields.Check(fields) is { } personal)
            return (null, personal.Field == "code" ? null : code, personal);
        if (collection.Place == PlaceKind.None)
            return (new ReadRow(row.Number, code!, fields, null, null), code, null);
        var (raw, fault) = ReadRaw(row);
        if (fault is not null)
            return (null, code, fault);
        var (shape, mended, misplaced) = Shape(raw!);
        return misplaced is null ? (new ReadRow(row.Number, code!, fields, shape, mended), code, null) : (null, code, misplaced);
    }

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    /// <summary>The text as the store has it; null: it is none.</summary>
    private static string? Value(ImportField field, string text)
    {
        switch (field.Kind)
        {
            case FieldKind.Number:
                // spreadsheets write 6.0
                return Number(text) is { } number && number == Math.Truncate(number) && number >= field.Least && number <= field.Most
                    ? ((int)number).ToString(CultureInfo.InvariantCulture) : null;
            case FieldKind.Choice:
                return field.Choices.GetValueOrDefault(text) ?? field.Otherwise;
            case FieldKind.Instant:
                return Instants.TryParse(GdalInstant().Replace(text, "${year}-${month}-${day}T${time}${offset}:00"), out var instant) ? instant.ToString("O", CultureInfo.InvariantCulture) : null;
            case FieldKind.Year:
                return text.Length >= 4 && int.TryParse(text.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year >= field.Least && year <= field.Most
                    && (text.Length == 4 || !char.IsAsciiDigit(text[4]) || text.Length == 8) ? year.ToString(CultureInfo.InvariantCulture) : null;
            default:
                return text;
        }
    }

    /// <summary>The path and level of a grid.</summary>
    private static Fault? Grid(JsonObject fields)
    {
        var (path, isStatistical) = GridCodes.Path((string)fields["code"]!, (string?)fields["parent"]);
        if (path is null || path.Length > 200)
            return new Fault("value-wrong", "code", "letters, digits and _, joined by -");
        fields["path"] = path;
        fields["code"] = path.Replace('.', '-');
        fields["level"] ??= GridCodes.Level(path, isStatistical);
        return null;
    }

    /// <summary>A room such as 302, where the file has no floor, is the second door on the third floor.</summary>
    private static Fault? Door(JsonObject fields)
    {
        var room = int.Parse((string)fields["room"]!, CultureInfo.InvariantCulture);
        if (fields["floor"] is null && room > 100)
        {
            fields["floor"] = (room / 100).ToString(CultureInfo.InvariantCulture);
            room %= 100;
        }
        else if (room > 100 && int.Parse((string)fields["floor"]!, CultureInfo.InvariantCulture) == room / 100)
        {
            room %= 100;
        }
        if (room is < 1 or > 100)
            return new Fault("value-wrong", "room", "the door's number on its floor, from 1 to 100, or a room such as 302");
        fields["room"] = room.ToString(CultureInfo.InvariantCulture);
        fields["floor"] ??= "1";
        fields["unit"] ??= "1";
        return null;
    }

    private (Geometry? Shape, string? Mended, Fault? Fault) Shape(Geometry raw)
    {
        if (raw.IsEmpty)
            return (null, null, new Fault("geometry-missing", "wkt", "a geometry that is not empty"));
        var box = raw.EnvelopeInternal;
        var fault = swapAxes ? system.Fault(box.MinY, box.MinX) ?? system.Fault(box.MaxY, box.MaxX) : system.Fault(box.MinX, box.MinY) ?? system.Fault(box.MaxX, box.MaxY);
        if (fault is not null)
            return (null, null, new Fault("outside-area", "wkt", fault));
        if (collection.Place == PlaceKind.Point)
        {
            return raw is Point or MultiPoint { Count: 1 }
                ? (Factory.CreatePoint(Move(raw.Coordinate)), null, null)
                : (null, null, new Fault("geometry-wrong", "wkt", $"a point; this is a {raw.GeometryType}"));
        }
        var polygons = Polygons(raw);
        if (polygons is null)
            return (null, null, new Fault("geometry-wrong", "wkt", $"an outline, a polygon or a closed line; this is a {raw.GeometryType}"));
        var (outline, where) = OutlineMending.Mend([.. polygons.Select(polygon => Factory.CreatePolygon(Ring(polygon.Shell), [.. polygon.Holes.Select(Ring)]))], Factory);
        if (outline is null)
            return (null, null, new Fault("geometry-invalid", "wkt", $"a valid outline; {where}"));
        return collection.MostDegrees is { } most && Math.Max(outline.EnvelopeInternal.Width, outline.EnvelopeInternal.Height) > most
            ? (null, null, new Fault("outline-too-large", "wkt", $"an outline at most {most:0.#}° wide and high"))
            : (outline, where, null);
    }

    /// <summary>The surfaces of a geometry, a closed line being one as in drawings; null: it has none.</summary>
    private static IReadOnlyList<Polygon>? Polygons(Geometry raw) => raw switch
    {
        Polygon polygon => [polygon],
        MultiPolygon all => [.. all.Geometries.Cast<Polygon>()],
        LineString { IsClosed: true, NumPoints: >= 4 } line => [new Polygon(new LinearRing(line.Coordinates))],
        GeometryCollection { Count: > 0 } parts when parts.Geometries.All(part => part is Polygon or LineString { IsClosed: true, NumPoints: >= 4 }) => [.. parts.Geometries.SelectMany(part => Polygons(part)!)],
        _ => null,
    };

    private LinearRing Ring(LineString ring) => Factory.CreateLinearRing(Array.ConvertAll(ring.Coordinates, Move));

    private Coordinate Move(Coordinate from)
    {
        var (longitude, latitude) = swapAxes ? system.ToLonLat(from.Y, from.X) : system.ToLonLat(from.X, from.Y);
        return new Coordinate(longitude, latitude);
    }

    /// <summary>As GDAL writes a column of instants: 2020/02/05 09:00:00+08.</summary>
    [GeneratedRegex(@"^(?<year>\d{4})/(?<month>\d\d)/(?<day>\d\d) (?<time>[\d:.]+)(?<offset>[+-]\d\d)$", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex GdalInstant();
}
