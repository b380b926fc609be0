using System.Buffers.Binary;
using System.Globalization;

namespace SituationMap.Server.Imports;

/// <summary>Whether a file came whole: what was copied halfway, or while a program had it open, often reads without a word and lacks rows.</summary>
internal static class Wholeness
{
    /// <summary>What to tell of a file that may lack something.</summary>
    /// <exception cref="ImportRefusedException">It does.</exception>
    public static IReadOnlyList<Finding> Check(string path, string extension) => extension.ToLowerInvariant() switch
    {
        ".gpkg" => CheckSqlite(path),
        ".dxf" => CheckDrawing(path),
        _ => [],
    };

    /// <summary>The header of SQLite: pages' size at 16, how it is written at 18, how many pages at 28.</summary>
    private static IReadOnlyList<Finding> CheckSqlite(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[100];
        if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length || !head.StartsWith("SQLite format 3\0"u8))
            return [];
        long size = BinaryPrimitives.ReadUInt16BigEndian(head[16..]);
        size = size == 1 ? 65_536 : size;
        // the number of pages holds where the file's counter of changes at 24 is the one at 92 that it was written with
        var isKnown = head[24..28].SequenceEqual(head[92..96]);
        if (isKnown && BinaryPrimitives.ReadUInt32BigEndian(head[28..]) * size > file.Length)
            throw new ImportRefusedException("file-unreadable", "file", "a GeoPackage that is whole; this one was copied halfway");
        return head[18] == 2 || head[19] == 2
            ? [new Finding("file-open", "The GeoPackage was copied while a program had it open, or was left so: what that program wrote last (its -wal file) is not in it. "
                + "Compare the number of rows; close the program, copy it again and import it again where rows are missing.")]
            : [];
    }

    private static IReadOnlyList<Finding> CheckDrawing(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> end = stackalloc byte[64];
        if (file.Length > end.Length)
            file.Seek(-end.Length, SeekOrigin.End);
        end = end[..file.ReadAtLeast(end, end.Length, throwOnEndOfStream: false)];
        // a drawing in binary ends in the same word and a zero
        return end.TrimEnd(" \t\r\n\0"u8).EndsWith("EOF"u8) ? [] : throw new ImportRefusedException("file-unreadable", "file", "a drawing that is whole, with EOF at its end");
    }
}

/// <summary>The unit of a drawing's coordinates.</summary>
/// <param name="Metres">How long it is.</param>
internal sealed record DrawingUnit(string Name, double Metres)
{
    /// <summary>So many lines down the header's variables stand.</summary>
    private const int Deepest = 5_000;

    /// <summary>As the header of a DXF says it ($INSUNITS); null: metres, or nothing.</summary>
    public static DrawingUnit? Of(string path)
    {
        var lines = File.ReadLines(path).Take(Deepest).Select(line => line.Trim()).SkipWhile(line => line != "$INSUNITS").Take(3).ToList();
        return lines is not ["$INSUNITS", "70", var unit] || !int.TryParse(unit, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? null : code switch
        {
            1 => new("inches", 0.0254), 2 => new("feet", 0.3048), 4 => new("millimetres", 0.001), 5 => new("centimetres", 0.01), 7 => new("kilometres", 1000),
            10 => new("yards", 0.9144), 14 => new("decimetres", 0.1),
            _ => null,
        };
    }
}
