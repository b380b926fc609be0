using System.Globalization;
using System.Xml;
using ExcelDataReader;
using ExcelDataReader.Exceptions;

namespace SituationMap.Store.Files;

/// <summary>
/// A sheet of a workbook (XLSX). Its cells know what is a date and what a number, and of how many digits: a spreadsheet keeps fifteen, and
/// what had more comes out with an exponent, so that nobody takes it for what was typed.
/// </summary>
public sealed class Workbook(string path, string sheet) : Table
{
    /// <summary>The names of the sheets that have anything in them.</summary>
    public static IReadOnlyList<string> Sheets(string path) =>
        Guarded(() =>
        {
            using var reader = Open(path);
            var sheets = new List<string>();
            do
            {
                while (reader.Read())
                {
                    if (Enumerable.Range(0, reader.FieldCount).Any(column => reader.GetValue(column) is not null))
                    {
                        sheets.Add(reader.Name);
                        break;
                    }
                }
            } while (reader.NextResult());
            return sheets;
        });

    public override IEnumerable<TableLine> Lines()
    {
        using var reader = Guarded(() => Open(path));
        while (Guarded(() => reader.Name != sheet))
        {
            if (!Guarded(reader.NextResult))
                yield break;
        }
        var failed = Guarded(() => FailedCells.Of(path, sheet));
        while (Guarded(reader.Read))
            yield return Guarded(() =>
                new TableLine(
                    [.. Enumerable.Range(0, reader.FieldCount).Select(column => TextOf(reader, column))],
                    Failed: failed.Contains(reader.Depth + 1) ? [.. failed[reader.Depth + 1]] : null
                )
            );
    }

    private static IExcelDataReader Open(string path) => ExcelReaderFactory.CreateOpenXmlReader(File.OpenRead(path));

    private static string TextOf(IExcelDataReader reader, int column) =>
        reader.GetValue(column) switch
        {
            null => "",
            string text => text,
            double number => TextOf(number, reader.GetNumberFormatString(column)),
            DateTime { TimeOfDay.Ticks: 0 } day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateTime instant => instant.AddMilliseconds(500).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            bool isTrue => isTrue ? "true" : "false",
            var other => Convert.ToString(other, CultureInfo.InvariantCulture) ?? "",
        };

    private static string TextOf(double number, string? format)
    {
        var text = Numbers.TextOf(number);
        // a column of codes such as 007 is often the number 7 shown in three digits
        return format is { Length: > 1 } && format.All(letter => letter == '0') && text.All(char.IsAsciiDigit)
            ? text.PadLeft(format.Length, '0')
            : text;
    }

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure)
            when (failure
                    is ExcelReaderException
                        or InvalidDataException
                        or XmlException
                        or FormatException
                        or ArgumentException
                        or NotSupportedException
                        or InvalidOperationException
                        or OverflowException
                        or IndexOutOfRangeException
                        or EndOfStreamException
                        or InvalidCastException
            )
        {
            throw new ImportRefusedException("file-unreadable", "file", "a workbook (.xlsx) that is whole and not locked by a password");
        }
    }
}
