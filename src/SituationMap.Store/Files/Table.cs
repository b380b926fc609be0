using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using SituationMap.Core;

namespace SituationMap.Store.Files;

/// <summary>One line of a table, as it stands.</summary>
/// <param name="Fault">Why it cannot be told where its cells end, and so not where any later line begins; null: it can.</param>
/// <param name="Failed">Cells, blank among the others, in which a formula has failed: such as <c>Sheet1!B7 #N/A</c>; null: none.</param>
public readonly record struct TableLine(string[] Cells, Fault? Fault = null, string[]? Failed = null)
{
    public bool IsBlank => Failed is null && Array.TrueForAll(Cells, string.IsNullOrWhiteSpace);
}

/// <summary>A table in a file, line by line; may be read more than once.</summary>
public abstract class Table
{
    public abstract IEnumerable<TableLine> Lines();
}

/// <summary>A table as text. Quoting that is not whole is never guessed at: what follows it would come out in other rows and
/// columns.</summary>
public sealed class TextTable(string path, Encoding encoding, string delimiter) : Table
{
    private const int LongestField = 64 << 20;

    public override IEnumerable<TableLine> Lines()
    {
        var isTorn = false;
        using var reader = new StreamReader(path, encoding, detectEncodingFromByteOrderMarks: false);
        using var parser = new CsvParser(
            reader,
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                Delimiter = delimiter,
                BadDataFound = _ => isTorn = true,
                MaxFieldSize = LongestField,
                IgnoreBlankLines = false,
            }
        );
        var columns = 0;
        while (Next(parser, out var cells))
        {
            // the parser passes over a quote that the file's end leaves open
            isTorn |= (parser.RawRecord.Count(letter => letter == '"') & 1) == 1;
            if (columns <= 1)
                columns = cells.Length;
            if (isTorn || Array.Exists(cells, cell => HoldsLine(cell, columns)))
            {
                yield return new TableLine(
                    cells,
                    new Fault(
                        "quoting-wrong",
                        "file",
                        "quotes that stand around a whole cell, and twice where one is meant; here a quote is left open, or "
                            + "stands within a cell"
                    )
                );
                yield break;
            }
            yield return new TableLine(cells);
        }
    }

    /// <summary>Whether a cell has swallowed a whole line of the table: two quotes astray look like one long cell.</summary>
    private bool HoldsLine(string cell, int columns) =>
        columns > 1
        && cell.Contains('\n', StringComparison.Ordinal)
        && !cell.AsSpan().TrimStart().StartsWith("POLYGON", StringComparison.OrdinalIgnoreCase)
        && !cell.AsSpan().TrimStart().StartsWith("MULTI", StringComparison.OrdinalIgnoreCase)
        && cell.Split('\n').Skip(1).Any(line => line.Split(delimiter).Length >= columns);

    private static bool Next(CsvParser parser, out string[] cells)
    {
        try
        {
            var isThere = parser.Read();
            // here the parser looks at the quotes
            cells = isThere ? parser.Record! : [];
            return isThere;
        }
        catch (CsvHelperException)
        {
            throw new ImportRefusedException("file-unreadable", "file", $"a table with cells of at most {LongestField >> 20} MB");
        }
        catch (DecoderFallbackException)
        {
            throw new ImportRefusedException("text-unclear", "file", TextEncodings.Expected);
        }
    }
}
