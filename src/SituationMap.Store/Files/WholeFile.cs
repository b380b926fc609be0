using System.Buffers.Binary;

namespace SituationMap.Store.Files;

/// <summary>
/// Whether a file is all there, by what it says of itself. GDAL reads what it finds and passes over the rest in silence: shapes without a
/// record, a drawing that ends in the middle, a database of which half was copied.
/// </summary>
public static class WholeFile
{
    private const int ShapefileHeader = 100;

    /// <summary>What to tell of a file that may lack something.</summary>
    /// <exception cref="ImportRefusedException">It is cut short, or its parts do not belong together; the message says which.</exception>
    public static IReadOnlyList<Finding> Check(ImportFolder folder)
    {
        var main = folder.Main;
        switch (Path.GetExtension(main))
        {
            case ".shp":
                CheckShapefile(main, folder.Companion(".shx"), folder.Companion(".dbf"));
                return [];
            case ".dxf":
                CheckDrawing(main);
                return [];
            case ".gpkg":
                return CheckDatabase(main, folder.Companion(ImportFolder.Log));
            default:
                return [];
        }
    }

    private static void CheckShapefile(string shp, string? shx, string? dbf)
    {
        using var shapes = File.OpenRead(shp);
        var length = LengthOf(shapes, ".shp");
        var (count, records) = ((int?)null, dbf is null ? (int?)null : RecordsOf(dbf));
        if (shx is not null)
        {
            using var index = File.OpenRead(shx);
            count = (int)((LengthOf(index, ".shx") - ShapefileHeader) / 8);
            CheckEntries(shapes, length, index, count.Value);
        }
        if (count is not null && records is not null && count != records)
            throw Refused(
                "parts-differ",
                $"a .shp, .shx and .dbf that belong together; the .shx has {count} shapes and the .dbf {records} records"
            );
    }

    /// <summary>Each entry in the .shx is that of a shape of the same length in the .shp, and none of the .shp's lies behind the last
    /// one.</summary>
    private static void CheckEntries(FileStream shapes, long length, FileStream index, int count)
    {
        Span<byte> entry = stackalloc byte[8],
            head = stackalloc byte[8];
        var end = (long)ShapefileHeader;
        index.Position = ShapefileHeader;
        for (var shape = 1; shape <= count; shape++)
        {
            index.ReadExactly(entry);
            var (at, size) = (2L * BinaryPrimitives.ReadInt32BigEndian(entry), 2L * BinaryPrimitives.ReadInt32BigEndian(entry[4..]));
            if (at < ShapefileHeader || size < 0 || at + 8 + size > length)
                throw Refused("parts-differ", $"a .shp and .shx that belong together; the .shx puts shape {shape} where the .shp has none");
            if (shapes.Position != at)
                shapes.Position = at;
            shapes.ReadExactly(head);
            if (2L * BinaryPrimitives.ReadInt32BigEndian(head[4..]) != size)
                throw Refused("parts-differ", $"a .shp and .shx that belong together; shape {shape} has another length in each");
            end = Math.Max(end, at + 8 + size);
        }
        // what was deleted or made anew elsewhere leaves a gap, never an end
        if (end < length)
            throw Refused("parts-differ", $"a .shp and .shx that belong together; the .shp has more shapes than the {count} of the .shx");
    }

    /// <summary>The length that the heading of a .shp or .shx gives.</summary>
    private static long LengthOf(FileStream file, string part)
    {
        Span<byte> heading = stackalloc byte[28];
        if (file.Length < ShapefileHeader)
            throw Cut(part);
        file.ReadExactly(heading);
        var length = 2L * BinaryPrimitives.ReadInt32BigEndian(heading[24..]);
        file.Position = ShapefileHeader;
        if (BinaryPrimitives.ReadInt32BigEndian(heading) != 9994 || length < ShapefileHeader)
            throw Refused("file-unreadable", $"a {part} of a Shapefile");
        return length <= file.Length ? length : throw Cut(part);
    }

    private static int RecordsOf(string dbf)
    {
        Span<byte> heading = stackalloc byte[32];
        using var table = File.OpenRead(dbf);
        if (table.Length < heading.Length)
            throw Cut(".dbf");
        table.ReadExactly(heading);
        var (records, before, size) = (
            BinaryPrimitives.ReadInt32LittleEndian(heading[4..]),
            BinaryPrimitives.ReadUInt16LittleEndian(heading[8..]),
            BinaryPrimitives.ReadUInt16LittleEndian(heading[10..])
        );
        if (records < 0 || before < 33 || size == 0)
            throw Refused("file-unreadable", "a .dbf of a Shapefile");
        return before + ((long)records * size) <= table.Length ? records : throw Cut(".dbf");
    }

    /// <summary>A drawing ends with the word EOF, as text or in the binary form.</summary>
    private static void CheckDrawing(string dxf)
    {
        using var drawing = File.OpenRead(dxf);
        var end = new byte[Math.Min(256, drawing.Length)];
        drawing.Position = drawing.Length - end.Length;
        drawing.ReadExactly(end);
        if (!end.AsSpan().TrimEnd(" \t\r\n\0\u001A"u8).EndsWith("EOF"u8))
            throw Cut("drawing");
    }

    /// <summary>The heading of an SQLite file gives the size of its pages and, where the two numbers beside it agree, how many there
    /// are.</summary>
    private static IReadOnlyList<Finding> CheckDatabase(string gpkg, string? log)
    {
        Span<byte> heading = stackalloc byte[100];
        using var store = File.OpenRead(gpkg);
        if (store.Length < heading.Length)
            throw Cut("GeoPackage");
        store.ReadExactly(heading);
        if (!heading.StartsWith("SQLite format 3\0"u8))
            throw Refused("file-unreadable", "a GeoPackage");
        var size = BinaryPrimitives.ReadUInt16BigEndian(heading[16..]) is var written && written == 1 ? 65_536L : written;
        var isCounted = heading[24..28].SequenceEqual(heading[92..96]);
        if (isCounted && size * BinaryPrimitives.ReadUInt32BigEndian(heading[28..]) > store.Length)
            throw Cut("GeoPackage");
        // the ways it is written and read: 2 is the one with a -wal file beside it
        return (heading[18] == 2 || heading[19] == 2) && (log is null || !IsWholeLog(log, size))
            ?
            [
                new Finding(
                    "file-open",
                    "The GeoPackage was copied while a program had it open, or was left so: what that program wrote last (its "
                        + "-wal file) is not in it. "
                        + "Compare the number of rows; close the program, copy it again and import it again where rows are missing."
                ),
            ]
            : [];
    }

    /// <summary>Whether SQLite reads it: from a heading that its sum is right of, pages signed with the heading's salt. Of one that is
    /// empty all has been brought into the database.</summary>
    /// <param name="size">Of a page of the database.</param>
    private static bool IsWholeLog(string log, long size)
    {
        Span<byte> heading = stackalloc byte[32],
            page = stackalloc byte[24];
        using var file = File.OpenRead(log);
        if (file.Length == 0)
            return true;
        if (file.Length < heading.Length + page.Length + size)
            return false;
        file.ReadExactly(heading);
        file.ReadExactly(page);
        var magic = BinaryPrimitives.ReadUInt32BigEndian(heading);
        var (first, second) = (0u, 0u);
        for (var at = 0; at < 24; at += 8)
        {
            first += Word(heading[at..]) + second;
            second += Word(heading[(at + 4)..]) + first;
        }
        return (magic | 1) == 0x377F0683
            && BinaryPrimitives.ReadUInt32BigEndian(heading[8..]) == size
            && BinaryPrimitives.ReadUInt32BigEndian(heading[24..]) == first
            && BinaryPrimitives.ReadUInt32BigEndian(heading[28..]) == second
            && page[8..16].SequenceEqual(heading[16..24]);

        // in the order of the machine that wrote it
        uint Word(ReadOnlySpan<byte> bytes) =>
            (magic & 1) == 1 ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }

    private static ImportRefusedException Cut(string what) =>
        Refused("file-unreadable", $"a {what} that is whole; this one ends too early");

    private static ImportRefusedException Refused(string code, string expected) => new(code, "file", expected);
}
