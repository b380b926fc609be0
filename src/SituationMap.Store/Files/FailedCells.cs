using System.IO.Compression;
using System.Xml;

namespace SituationMap.Store.Files;

/// <summary>The cells of a workbook's sheet in which a formula has failed, which its reader gives as blank.</summary>
internal static class FailedCells
{
    /// <returns>By the row from 1: the cells, such as <c>Sheet1!B7 #N/A</c>.</returns>
    public static ILookup<int, string> Of(string path, string sheet)
    {
        using var workbook = ZipFile.OpenRead(path);
        var id = Elements(workbook, "xl/workbook.xml", "sheet")
            .Where(one => one.GetValueOrDefault("name") == sheet)
            .Select(one => one.GetValueOrDefault("id"))
            .FirstOrDefault();
        var target = Elements(workbook, "xl/_rels/workbook.xml.rels", "Relationship")
            .Where(one => one.GetValueOrDefault("Id") == id)
            .Select(one => one.GetValueOrDefault("Target"))
            .FirstOrDefault();
        return target is null
            ? Array.Empty<string>().ToLookup(_ => 0)
            : Cells(workbook, target.StartsWith('/') ? target[1..] : $"xl/{target}")
                .ToLookup(cell => cell.Row, cell => $"{sheet}!{Letters(cell.Column)}{cell.Row} {cell.Error}");
    }

    /// <summary>The attributes of all elements of a name, without their prefixes.</summary>
    private static IEnumerable<Dictionary<string, string>> Elements(ZipArchive workbook, string part, string name)
    {
        using var xml = Open(workbook, part);
        while (xml?.Read() == true)
        {
            if (xml.NodeType != XmlNodeType.Element || xml.LocalName != name)
                continue;
            var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
            while (xml.MoveToNextAttribute())
                attributes[xml.LocalName] = xml.Value;
            yield return attributes;
        }
    }

    private static IEnumerable<(int Row, int Column, string Error)> Cells(ZipArchive workbook, string part)
    {
        using var xml = Open(workbook, part);
        var (row, column, isFailed) = (0, 0, false);
        while (xml?.Read() == true)
        {
            if (xml.NodeType != XmlNodeType.Element)
                continue;
            switch (xml.LocalName)
            {
                // both say where they are, or come after the one before
                case "row":
                    (row, column) = (int.TryParse(xml.GetAttribute("r"), out var said) ? said : row + 1, 0);
                    break;
                case "c":
                    column = xml.GetAttribute("r") is { } address ? ColumnOf(address) : column + 1;
                    isFailed = xml.GetAttribute("t") == "e";
                    break;
                case "v" when isFailed && xml.Read():
                    yield return (row, column, xml.Value);
                    break;
            }
        }
    }

    private static XmlReader? Open(ZipArchive workbook, string part) =>
        workbook.GetEntry(part) is { } entry ? XmlReader.Create(entry.Open(), new XmlReaderSettings { CloseInput = true }) : null;

    /// <summary>From 1: A to Z, AA, …</summary>
    private static int ColumnOf(string address) =>
        address.TakeWhile(char.IsAsciiLetterUpper).Aggregate(0, (column, letter) => (column * 26) + letter - 'A' + 1);

    private static string Letters(int column) => (column <= 26 ? "" : Letters((column - 1) / 26)) + (char)('A' + ((column - 1) % 26));
}
