using System.Globalization;
using System.Text.Json.Nodes;
using NetTopologySuite.Geometries;
using SituationMap.Core;
using SituationMap.Core.Persons;
using SituationMap.Core.Projections;
using SituationMap.Core.Texts;
using SituationMap.Geo.Outlines;
using SituationMap.Geo.Shapes;
using SituationMap.Store.Files;
using SituationMap.Store.Persons;

namespace SituationMap.Store.Imports;

/// <summary>A row as the store takes it.</summary>
/// <param name="Shape">Lon, lat (EPSG:4326); null: its collection has no geometry.</param>
/// <param name="Mended">What was mended of its geometry, in words; null: nothing.</param>
public sealed record ReadRow(int Number, string Code, JsonObject Fields, Geometry? Shape, string? Mended);

/// <summary>Reads rows: the fields of a collection, and the geometry into longitude and latitude.</summary>
public sealed class RowReader(
    ImportCollection collection,
    FieldMapping mapping,
    CoordinateSystem system,
    bool swapAxes,
    bool trustsCrs,
    DateTexts dates,
    RowNotes notes
)
{
    /// <summary>The one word that empties a field; a blank cell leaves it as it is.</summary>
    public const string Clear = "(clear)";

    private const string Rounded = "; a spreadsheet has rounded this number: format its column as text and enter it again";
    private static readonly HashSet<string> SpreadsheetErrors = new(StringComparer.Ordinal)
    {
        "#N/A",
        "#NA",
        "#REF",
        "#VALUE",
        "#DIV/0",
        "#DIV0",
        "#NAME",
        "#NULL",
        "#NUM",
        "#GETTING_DATA",
        "#GETTINGDATA",
    };

    private const int Wgs84 = 4326;

    /// <summary>So near to 0, 0 there is but the sea, in degrees.</summary>
    private const double Nowhere = 0.01;

    private static readonly GeometryFactory Factory = new(new PrecisionModel(), Wgs84);

    /// <summary>The code of the system that a geometry names before it (EWKT); null: it names none.</summary>
    public static string? Srid(string? wkt) =>
        wkt is not null
        && wkt.StartsWith("SRID=", StringComparison.OrdinalIgnoreCase)
        && wkt.IndexOf(';', StringComparison.Ordinal) is > 5 and var end
            ? $"EPSG:{wkt[5..end].Trim()}"
            : null;

    /// <summary>The geometry as the file has it, x and y untouched; null with the fault where there is none.</summary>
    public (Geometry? Raw, Fault? Fault) ReadRaw(SourceRow row)
    {
        if (mapping.Read("wkt", row) is { } wkt)
        {
            var (raw, expected) = WellKnownText.Read(wkt);
            return raw is null ? (null, new Fault("geometry-unreadable", "wkt", expected!))
                : raw.SRID <= 0 || trustsCrs || IsOf(raw.SRID) ? (raw, null)
                : (
                    null,
                    new Fault(
                        "crs-contradicts",
                        "wkt",
                        $"a geometry of the system that the file is read in, {system.Code}; the row says SRID={raw.SRID}"
                    )
                );
        }
        if (mapping.Read("x", row) is { } x && mapping.Read("y", row) is { } y)
        {
            return Numbers.Read(NormalForm.Typed(x)) is { } easting && Numbers.Read(NormalForm.Typed(y)) is { } northing
                ? (new Point(easting, northing), null)
                : (null, new Fault("value-wrong", "x, y", "two numbers"));
        }
        return (null, new Fault("geometry-missing", "wkt", "a geometry"));
    }

    /// <summary>The row, or what is wrong with it.</summary>
    public (ReadRow? Row, string? Code, Fault? Fault) Read(SourceRow row)
    {
        if (row.Fault is { } unread)
            return (null, null, unread);
        if (row.IsShort)
            notes.Add(RowNotes.Short, row.Number);
        foreach (var cell in row.Failed ?? [])
            notes.Add(RowNotes.Failed, cell);
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
            if (NormalForm.Typed(text).Equals(Clear, StringComparison.OrdinalIgnoreCase))
            {
                if (!field.MayBeCleared)
                    return (null, code, new Fault("value-wrong", field.Name, $"{field.Expected}; it cannot be emptied"));
                fields[field.Name] = null;
                continue;
            }
            var (value, hint) =
                text.Length > 500 || text.Contains('\0', StringComparison.Ordinal) ? (null, "") : Value(field, text, row.Number);
            if (value is null)
                return (null, code, new Fault("value-wrong", field.Name, field.Expected + hint));
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
        if (collection.Geometry == GeometryKind.None)
            return (new ReadRow(row.Number, code!, fields, null, null), code, null);
        var (raw, fault) = ReadRaw(row);
        if (fault is not null)
            return (null, code, fault);
        var (shape, mended, shapeFault) = Shape(raw!);
        return shapeFault is null ? (new ReadRow(row.Number, code!, fields, shape, mended), code, null) : (null, code, shapeFault);
    }

    /// <summary>Degrees are the same in WGS 84 and CGCS2000.</summary>
    private bool IsOf(int srid) =>
        system.Code == FormattableString.Invariant($"EPSG:{srid}")
        || (srid is 4326 or 4490 && system.Code is "CRS84" or "EPSG:4326" or "EPSG:4490");

    /// <summary>The text as the store has it; null with what is to be said beside what was expected: it is none.</summary>
    private (string? Value, string Hint) Value(ImportField field, string text, int row)
    {
        // what a spreadsheet shows where a formula fails
        if (text[0] == '#' && SpreadsheetErrors.Contains(text.TrimEnd('!', '?').ToUpperInvariant()))
            return (null, "; the spreadsheet has an error there");
        if (field.Kind is FieldKind.Text or FieldKind.Code or FieldKind.Personal && Numbers.IsRounded(text))
            return (null, Rounded);
        if (text.AsSpan().ContainsAny('\r', '\n'))
            return (null, ", in one line");
        var typed = NormalForm.Typed(text).Trim();
        switch (field.Kind)
        {
            case FieldKind.Number:
                // spreadsheets write 6.0, people 6层
                return (
                    Numbers.Read(typed.TrimEnd('楼', '层', '单', '元', '户', '个')) is { } number
                    && number == Math.Truncate(number)
                    && number >= field.Least
                    && number <= field.Most
                        ? ((int)number).ToString(CultureInfo.InvariantCulture)
                        : null,
                    ""
                );
            case FieldKind.Choice:
                return (field.Choices.GetValueOrDefault(typed) ?? field.Otherwise, "");
            case FieldKind.Instant:
                if (dates.Instant(text) is not { } instant)
                    return (null, DateTexts.Hint(typed));
                if (instant.IsLocal)
                    notes.Add(RowNotes.LocalTime, row);
                return (instant.At.ToString("O", CultureInfo.InvariantCulture), "");
            case FieldKind.Year:
                return (dates.YearOfBirth(text, field.Least)?.ToString(CultureInfo.InvariantCulture), DateTexts.Hint(typed));
            case FieldKind.Code:
                // a grid's code may have points between its parts
                var code = collection.Name == "grids" ? typed : Numbers.Whole(typed);
                if (code != text)
                    notes.Add(RowNotes.Respelled, row);
                return (code.Length == 0 ? null : code, "");
            case FieldKind.Personal when field.Name != PersonDetails.NameField:
                var digits = Numbers.Whole(typed);
                if (digits.Length == 18 && digits.EndsWith("000", StringComparison.Ordinal) && digits.All(char.IsAsciiDigit))
                {
                    if (!PersonalNumbers.IsIdentityNumber(digits))
                        return (null, Rounded);
                    notes.Add(RowNotes.Rounded, row);
                }
                return Numbers.IsFraction(digits) ? (null, "; this is a fraction") : (digits, "");
            default:
                return (text, "");
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
        // where neither the file nor the store says one
        fields["levelOfCode"] = GridCodes.Level(path, isStatistical);
        return null;
    }

    /// <summary>What the room says of floor and unit, where no column of theirs says otherwise.</summary>
    private static Fault? Door(JsonObject fields)
    {
        var (floor, unit) = (Number(fields, "floor"), Number(fields, "unit"));
        if (Doors.Read((string)fields["room"]!, floor) is not { } door || (door.Unit ?? unit) != (unit ?? door.Unit))
            return new Fault("value-wrong", "room", Doors.Expected);
        fields["room"] = Text(door.Room);
        if (door.Floor is { } above)
            fields["floor"] = Text(above);
        if (door.Unit is { } entrance)
            fields["unit"] = Text(entrance);
        return null;
    }

    private static int? Number(JsonObject fields, string field) =>
        (string?)fields[field] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private (Geometry? Shape, string? Mended, Fault? Fault) Shape(Geometry raw)
    {
        if (raw.IsEmpty)
            return (null, null, new Fault("geometry-missing", "wkt", "a geometry that is not empty"));
        var box = raw.EnvelopeInternal;
        var fault = swapAxes
            ? system.Fault(box.MinY, box.MinX) ?? system.Fault(box.MaxY, box.MaxX)
            : system.Fault(box.MinX, box.MinY) ?? system.Fault(box.MaxX, box.MaxY);
        if (fault is not null)
            return (null, null, new Fault("outside-area", "wkt", fault));
        if (system.IsGeographic && Math.Max(Farthest(box.MinX, box.MaxX), Farthest(box.MinY, box.MaxY)) < Nowhere)
            return (null, null, new Fault("position-unknown", "wkt", "a position; 0, 0 is what programs write where they know none"));
        if (collection.Geometry == GeometryKind.Point)
        {
            return raw is Point or MultiPoint { Count: 1 }
                ? (Factory.CreatePoint(Move(raw.Coordinate)), null, null)
                : (null, null, new Fault("geometry-wrong", "wkt", $"a point; this is a {raw.GeometryType}"));
        }
        var polygons = Polygons(raw);
        if (polygons is null)
            return (
                null,
                null,
                new Fault("geometry-wrong", "wkt", $"an outline, a polygon or a closed line; this is a {raw.GeometryType}")
            );
        var (outline, where) = OutlineMending.Mend(
            [.. polygons.Select(polygon => Factory.CreatePolygon(Ring(polygon.Shell), [.. polygon.Holes.Select(Ring)]))],
            Factory
        );
        if (outline is null)
            return (null, null, new Fault("geometry-invalid", "wkt", $"a valid outline; {where}"));
        return collection.MaxDegrees is { } most && Math.Max(outline.EnvelopeInternal.Width, outline.EnvelopeInternal.Height) > most
            ? (null, null, new Fault("outline-too-large", "wkt", $"an outline at most {most:0.#}° wide and high"))
            : (outline, where, null);
    }

    private static double Farthest(double from, double to) => Math.Max(Math.Abs(from), Math.Abs(to));

    /// <summary>The surfaces of a geometry, a closed line being one as in drawings; null: it has none.</summary>
    private static IReadOnlyList<Polygon>? Polygons(Geometry raw) =>
        raw switch
        {
            Polygon polygon => [polygon],
            MultiPolygon all => [.. all.Geometries.Cast<Polygon>()],
            LineString { IsClosed: true, NumPoints: >= 4 } line => [new Polygon(new LinearRing(line.Coordinates))],
            GeometryCollection { Count: > 0 } parts
                when parts.Geometries.All(part => part is Polygon or LineString { IsClosed: true, NumPoints: >= 4 }) =>
            [
                .. parts.Geometries.SelectMany(part => Polygons(part)!),
            ],
            _ => null,
        };

    private LinearRing Ring(LineString ring) => Factory.CreateLinearRing(Array.ConvertAll(ring.Coordinates, Move));

    private Coordinate Move(Coordinate from)
    {
        var (longitude, latitude) = swapAxes ? system.ToLonLat(from.Y, from.X) : system.ToLonLat(from.X, from.Y);
        return new Coordinate(longitude, latitude);
    }
}
