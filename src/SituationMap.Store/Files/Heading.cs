using System.Text;

namespace SituationMap.Store.Files;

/// <summary>The line of a table that names its columns, which in what offices send is often not the first.</summary>
/// <param name="Above">How many lines stand above it.</param>
/// <param name="Passed">What they say, where they say anything.</param>
public sealed record Heading(Table Table, int Above, string[] Fields, string Passed)
{
    /// <summary>So far down a heading is looked for.</summary>
    private const int Deepest = 20;

    private const int MaxQuoted = 100;

    // the last as Chinese keyboards write it
    private static readonly string[] Delimiters = [",", ";", "\t", "|", "，"];

    /// <summary>The heading of a text: with the delimiter that its line <c>sep=</c> names, else with that by which most of its names are
    /// known.</summary>
    /// <param name="known">Names of columns that are expected, as <see cref="Plain"/> has them.</param>
    public static Heading OfText(string path, Encoding encoding, IReadOnlySet<string> known)
    {
        var said = Said(path, encoding);
        var found = (said is null ? Delimiters : [said])
            .Select(delimiter => Of(new TextTable(path, encoding, delimiter), known, isSaid: said is not null))
            .OfType<Heading>()
            .ToList();
        // the first of the best, which is the comma
        return found.MaxBy(heading => (Known(heading.Fields, known), heading.Fields.Length)) ?? throw Empty();
    }

    public static Heading Of(Table table, IReadOnlySet<string> known) => Of(table, known, isSaid: false) ?? throw Empty();

    private static Heading? Of(Table table, IReadOnlySet<string> known, bool isSaid)
    {
        var lines = table.Lines().Take(Deepest).Select(line => line.Cells).ToList();
        var first = lines.FindIndex(isSaid ? 1 : 0, cells => Cells(cells) > 0);
        if (first < 0)
            return null;
        // a later line is the heading where it names more columns than the first that says anything, and that is a title or names none
        var best = Enumerable.Range(first, lines.Count - first).MaxBy(line => Known(lines[line], known));
        if (Known(lines[best], known) < (Cells(lines[first]) == 1 ? 1 : 2) || Known(lines[best], known) <= Known(lines[first], known))
            best = first;
        var passed = string.Join(
            " / ",
            lines
                .Take(best)
                .Skip(isSaid ? 1 : 0)
                .SelectMany(cells => cells)
                .Where(cell => !string.IsNullOrWhiteSpace(cell))
                .Select(cell => cell.Trim())
        );
        return new Heading(
            table,
            best + 1,
            [.. lines[best].Select(name => name.Trim())],
            passed.Length > MaxQuoted ? passed[..MaxQuoted] + "…" : passed
        );
    }

    /// <summary>What Excel writes first for itself: <c>sep=;</c>.</summary>
    private static string? Said(string path, Encoding encoding)
    {
        using var reader = new StreamReader(path, encoding, detectEncodingFromByteOrderMarks: false);
        return reader.ReadLine()?.Trim(' ', '"') is { Length: 5 } line && line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase)
            ? line[4..]
            : null;
    }

    private static int Cells(string[] cells) => cells.Count(cell => !string.IsNullOrWhiteSpace(cell));

    /// <summary>A name without case, spaces and punctuation.</summary>
    public static string Plain(string name) =>
        name == ImportSource.GeometryField ? name : string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static int Known(string[] cells, IReadOnlySet<string> known) => cells.Count(cell => known.Contains(Plain(cell)));

    private static ImportRefusedException Empty() => new("file-empty", "file", "a table with a heading");
}
