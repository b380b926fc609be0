using System.Globalization;
using SituationMap.Store.Exports;
using SituationMap.Store.Files;

namespace SituationMap.Store.Imports;

/// <summary>Where a field's text comes from.</summary>
/// <param name="Field">The field of ours.</param>
/// <param name="Column">The file's column; null: a text, or nothing.</param>
/// <param name="Text">A fixed text in which <c>{row}</c> and <c>{a column}</c> stand for what the row has.</param>
/// <param name="IsGuessed">Whether it was found by the column's name.</param>
public sealed record MappedField(string Field, string? Column, string? Text, bool IsGuessed);

/// <summary>Which column of a file is which field of ours: as told, else guessed by the names.</summary>
public sealed class FieldMapping
{
    private static readonly string[] Wkt = ["(geometry)", "wkt", "geometry", "geom", "thegeom", "outline", "shape"];
    private static readonly string[] X = ["lon", "lng", "longitude", "x", "easting", "经度", "横坐标"];
    private static readonly string[] Y = ["lat", "latitude", "y", "northing", "纬度", "纵坐标"];

    private readonly string[] _columns;
    private readonly Dictionary<string, Func<SourceRow, string?>> _readers = new(StringComparer.Ordinal);

    private FieldMapping(string[] columns) => _columns = columns;

    /// <summary>For whoever has to check it.</summary>
    public List<MappedField> Fields { get; } = [];

    /// <summary>What is needed and nowhere in the file, or there twice.</summary>
    public List<Finding> Doubts { get; } = [];

    /// <summary>Columns from which nothing is taken.</summary>
    public IReadOnlyList<string> Unused { get; private set; } = [];

    public bool Has(string field) => _readers.ContainsKey(field);

    /// <summary>What columns of coordinates or of a geometry are called.</summary>
    public static string[] AliasesOf(string field) =>
        field switch
        {
            "x" => X,
            "y" => Y,
            _ => Wkt,
        };

    /// <summary>The text of a field; null where the row has none.</summary>
    public string? Read(string field, SourceRow row) =>
        _readers.TryGetValue(field, out var reader) && reader(row) is { } text && !string.IsNullOrWhiteSpace(text)
            ? Unguard(text.Trim())
            : null;

    /// <summary>Names of columns that are expected: as they are usually called, and as told.</summary>
    public static IReadOnlySet<string> Known(ImportCollection collection, IEnumerable<string> assignments) =>
        collection
            .Aliases.Concat(
                assignments
                    .Where(line => !line.Contains(":=", StringComparison.Ordinal))
                    .Select(line => Heading.Plain(line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..]))
            )
            .ToHashSet(StringComparer.Ordinal);

    /// <param name="assignments">Each <c>field=column</c>, or <c>field:=text</c>.</param>
    /// <exception cref="ImportRefusedException">One names no field or no column.</exception>
    public static FieldMapping Make(ImportCollection collection, string[] columns, IEnumerable<string> assignments)
    {
        var mapping = new FieldMapping(columns);
        var geometryFields = collection.GeometryFields;
        foreach (var line in assignments)
            mapping.Tell(line, [.. collection.Fields.Select(field => field.Name), .. geometryFields]);
        foreach (
            var (name, aliases) in collection
                .Fields.Select(field => (field.Name, field.Aliases))
                .Concat(geometryFields.Select(field => (field, AliasesOf(field))))
        )
        {
            if (!mapping.Has(name) && mapping.Guess(aliases) is { } column)
                mapping.Take(new MappedField(name, column, null, IsGuessed: true));
        }
        mapping.FindTwins(collection);
        var columnsSaid =
            columns.Length == 0 || (columns is [ImportSource.GeometryField, ..] && columns.Skip(1).All(column => column.Length == 0))
                ? "the file has no fields"
                : $"the file has {string.Join(", ", columns)}";
        foreach (var field in collection.Fields.Where(field => field.IsRequired && !mapping.Has(field.Name)))
        {
            mapping.Doubts.Add(
                new Finding(
                    "field-unmapped",
                    $"No column is known for {field.Name}: {field.Expected}; {columnsSaid}. "
                        + $"Name it, such as map {field.Name}=COLUMN, or give a text, such as map {field.Name}:=T-{{row}}.",
                    Refuses: true,
                    Field: field.Name
                )
            );
        }
        if (geometryFields.Length > 0 && !mapping.Has("wkt") && !(mapping.Has("x") && mapping.Has("y")))
        {
            mapping.Doubts.Add(
                new Finding(
                    "field-unmapped",
                    (
                        collection.Geometry == GeometryKind.Point
                            ? "No columns are known with longitude and latitude, or one"
                            : "No column is known"
                    ) + $" with the geometry as WKT; {columnsSaid}. Name it, such as map wkt=COLUMN.",
                    Refuses: true,
                    Field: "wkt"
                )
            );
        }
        var used = mapping.Fields.Select(field => field.Column).ToHashSet();
        mapping.Unused = [.. columns.Where(column => column.Length > 0 && !used.Contains(column))];
        return mapping;
    }

    /// <summary>What our exports put before a text that a spreadsheet would take for a formula.</summary>
    private static string Unguard(string text) =>
        text.Length > 1 && text[0] == '\'' && Exporter.Formulas.Contains(text[1], StringComparison.Ordinal) ? text[1..] : text;

    private void Tell(string line, IReadOnlyList<string> known)
    {
        var at = line.IndexOf('=', StringComparison.Ordinal);
        var isText = at > 0 && line[at - 1] == ':';
        var field = at < 0 ? line : line[..(isText ? at - 1 : at)].Trim();
        if (at < 0 || !known.Contains(field))
            throw new ImportRefusedException(
                "map-wrong",
                "map",
                $"field=column or field:=text, field being one of {string.Join(", ", known)}"
            );
        var value = line[(at + 1)..];
        if (!isText && !_columns.Contains(value))
            throw new ImportRefusedException("map-wrong", "map", $"a column of the file for {field}: {string.Join(", ", _columns)}");
        Take(isText ? new MappedField(field, null, value, IsGuessed: false) : new MappedField(field, value, null, IsGuessed: false));
    }

    private void Take(MappedField mapped)
    {
        Fields.Add(mapped);
        if (mapped.Text is { } text)
        {
            _readers[mapped.Field] = row =>
                _columns
                    .Index()
                    .Where(column => column.Item.Length > 0)
                    .Aggregate(
                        text.Replace("{row}", row.Number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal),
                        (filled, column) => filled.Replace($"{{{column.Item}}}", row.Values[column.Index], StringComparison.Ordinal)
                    );
            return;
        }
        var index = Array.IndexOf(_columns, mapped.Column);
        _readers[mapped.Field] = row => row.Values[index];
    }

    /// <summary>The column with the likeliest name. A .dbf cuts names at ten characters.</summary>
    private string? Guess(string[] aliases)
    {
        var free = _columns.Where(column => column.Length > 0).ToList();
        foreach (var alias in aliases)
        {
            if (free.Find(column => Heading.Plain(column) == alias) is { } exact)
                return exact;
        }
        return Array.Find(aliases, alias => alias.Length > 8 && free.Exists(column => IsCut(column, alias))) is { } cut
            ? free.Find(column => IsCut(column, cut))
            : null;
    }

    /// <summary>Names that machines give, beside which a name of people's is the better one without a word.</summary>
    private static readonly string[] Machine = ["id", "osmid", "fid", "objectid", "entityhandle"];

    /// <summary>Two columns of one name, one of which would be dropped, and columns that fit a field that was taken from another.</summary>
    private void FindTwins(ImportCollection collection)
    {
        foreach (
            var twins in _columns
                .Where(column => Heading.Plain(column).Length > 0)
                .GroupBy(Heading.Plain, StringComparer.Ordinal)
                .Where(same => same.Count() > 1)
        )
        {
            if (Fields.Find(field => field.Column is { } used && twins.Contains(used)) is { } taken)
            {
                Doubts.Add(
                    new Finding(
                        "columns-same",
                        $"The file has {twins.Count()} columns named {taken.Column}, so it is not clear which one is "
                            + $"{taken.Field}. Name them apart, or leave out all but one.",
                        Refuses: true,
                        Field: taken.Field,
                        Details: taken.Column
                    )
                );
            }
        }
        var used = Fields.Select(field => field.Column).ToHashSet(StringComparer.Ordinal);
        foreach (
            var (field, aliases) in collection
                .Fields.Select(field => (field.Name, field.Aliases))
                .Concat(collection.GeometryFields.Select(field => (field, AliasesOf(field))))
        )
        {
            if (Fields.Find(mapped => mapped.Field == field) is not { IsGuessed: true, Column: { } column })
                continue;
            var others = _columns
                .Where(other =>
                    !used.Contains(other)
                    && Heading.Plain(other) is var plain
                    && plain != Heading.Plain(column)
                    && aliases.Contains(plain)
                    && !Machine.Contains(plain)
                )
                .ToList();
            if (others.Count > 0)
                Doubts.Add(
                    new Finding(
                        "columns-several",
                        $"{field} was taken from {column}; {string.Join(", ", others)} would fit as well, and nothing was taken "
                            + $"from there. Say which, such as map {field}={others[0]}.",
                        Field: field,
                        Details: string.Join(", ", others.Prepend(column))
                    )
                );
        }
    }

    private static bool IsCut(string column, string alias) =>
        column.Length == 10 && Heading.Plain(column).Length >= 8 && alias.StartsWith(Heading.Plain(column), StringComparison.Ordinal);
}
