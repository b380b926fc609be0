using System.Text;

namespace SituationMap.Server.Imports;

/// <summary>Tells by its bytes how a file's text is encoded: tables in China are as often GBK as UTF-8, whatever they say.</summary>
internal static class TextEncodings
{
    static TextEncodings() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>GB 18030, of which GBK and GB 2312 are parts.</summary>
    public static Encoding Chinese => Encoding.GetEncoding("GB18030");

    /// <summary>Whether the bytes are GBK text: not UTF-8, and with characters that GBK has.</summary>
    /// <returns>Null where there is nothing but ASCII, so that it makes no difference.</returns>
    public static bool? IsChinese(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.ContainsAnyExceptInRange((byte)0, (byte)127))
            return null;
        // the sample may end within a character
        for (var cut = 0; cut < 4 && cut < bytes.Length; cut++)
        {
            if (System.Text.Unicode.Utf8.IsValid(bytes[..^cut]))
                return false;
        }
        return true;
    }

    /// <summary>The encoding of a table, by its first megabytes.</summary>
    public static Encoding OfTable(string path)
    {
        using var file = File.OpenRead(path);
        var sample = new byte[(int)Math.Min(file.Length, 4 << 20)];
        file.ReadExactly(sample);
        // with a byte order mark it says so itself, and the reader obeys
        return sample is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] || IsChinese(sample) != true ? Encoding.UTF8 : Chinese;
    }

    /// <summary>
    /// What a .dbf is really encoded in, for GDAL, by the texts of its first records; null: its texts are all ASCII.
    /// The format: a header that ends in 0x0D with 32 bytes a field, then records of fixed length.
    /// </summary>
    public static string? OfDbf(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[32];
        if (file.ReadAtLeast(head, 32, throwOnEndOfStream: false) < 32)
            return null;
        var (start, length) = (head[8] | (head[9] << 8), head[10] | (head[11] << 8));
        if (start < 33 || length < 1)
            return null;
        // names of fields may be Chinese too
        var sample = new byte[(int)Math.Min(file.Length - 32, start - 32 + (2000L * length))];
        file.ReadExactly(sample);
        // each text by itself: one cut within a character at the field's end must not decide for all
        var (chinese, utf8) = (0, 0);
        var fields = new List<(int At, int Length)>();
        for (var (at, offset) = (0, 1); at + 32 <= start - 32 && sample[at] != 0x0D; at += 32)
        {
            Count(sample.AsSpan(at, 11));
            if (sample[at + 11] == (byte)'C')
                fields.Add((offset, sample[at + 16]));
            offset += sample[at + 16];
        }
        for (var record = start - 32; record + length <= sample.Length; record += length)
        {
            foreach (var (at, size) in fields)
            {
                if (record + at + size <= sample.Length)
                    Count(sample.AsSpan(record + at, size).TrimEnd((byte)' '));
            }
        }
        return (chinese, utf8) switch { (0, 0) => null, _ => chinese > utf8 ? "CP936" : "UTF-8" };

        void Count(ReadOnlySpan<byte> text)
        {
            switch (IsChinese(text))
            {
                case true:
                    chinese++;
                    break;
                case false:
                    utf8++;
                    break;
            }
        }
    }
}
