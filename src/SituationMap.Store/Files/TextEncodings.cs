using System.Text;
using UtfUnknown;

namespace SituationMap.Store.Files;

/// <summary>
/// Tells by its bytes how a file's text is encoded: tables in China are as often GBK as UTF-8, whatever they say. All of it has to be text
/// of that encoding; what is neither for certain is asked about rather than read with wrong letters.
/// </summary>
public static class TextEncodings
{
    public const string Expected = "text in UTF-8 or GBK (GB 18030) from beginning to end; save the file as UTF-8";

    private const int SampleSize = 4 << 20;

    /// <summary>Of GBK text at least so much is of GB 2312's characters, by far the most usual.</summary>
    private const double Usual = 0.5;

    static TextEncodings() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Fails at a byte that is none; passes over a byte order mark.</summary>
    public static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);

    /// <summary>GB 18030, of which GBK and GB 2312 are parts; fails at a byte that is none.</summary>
    public static Encoding Chinese => Encoding.GetEncoding("GB18030", EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    /// <summary>The encoding of a table.</summary>
    /// <exception cref="ImportRefusedException">It is not clear; the message names the first line that is not UTF-8.</exception>
    public static (Encoding Encoding, bool IsChinese) OfTable(string path)
    {
        var sample = Sample(path);
        Encoding? marked = sample switch
        {
            [0xFF, 0xFE, 0, 0, ..] => new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true),
            [0, 0, 0xFE, 0xFF, ..] => new UTF32Encoding(bigEndian: true, byteOrderMark: true, throwOnInvalidCharacters: true),
            [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
            [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
            _ => null,
        };
        if (marked is null && sample.AsSpan().Contains((byte)0))
            throw new ImportRefusedException("text-unclear", "file", $"{Expected}; this is UTF-16 without its mark, or no text");
        if (BadLine(path, marked ?? Utf8) is not { } line)
            return (marked ?? Utf8, false);
        return marked is null && IsChinese(sample) && BadLine(path, Chinese) is null
            ? (Chinese, true)
            : throw new ImportRefusedException("text-unclear", "file", $"{Expected}; line {line} is not");
    }

    /// <summary>
    /// What a .dbf is really encoded in, for GDAL, by the texts of its first records; null: what it says, or its texts are all ASCII.
    /// The format: a header that ends in 0x0D with 32 bytes a field, then records of fixed length.
    /// </summary>
    /// <param name="declared">What it says that it is in; null: nothing.</param>
    /// <exception cref="ImportRefusedException">It says nothing, and it is not clear.</exception>
    public static string? OfDbf(string path, string? declared)
    {
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[32];
        if (file.ReadAtLeast(head, 32, throwOnEndOfStream: false) < 32)
            return null;
        var (start, length) = (head[8] | (head[9] << 8), head[10] | (head[11] << 8));
        if (start < 33 || length < 1)
            return null;
        // names of fields may be Chinese too
        var sample = new byte[(int)Math.Max(0, Math.Min(file.Length - 32, start - 32 + (2000L * length)))];
        file.ReadExactly(sample);
        // each text by itself: one cut within a character at the field's end must not decide for all
        using var others = new MemoryStream();
        var (foreign, utf8) = (0, 0);
        var fields = new List<(int At, int Length)>();
        for (var (at, offset) = (0, 1); at + 32 <= Math.Min(start - 32, sample.Length) && sample[at] != 0x0D; at += 32)
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
        if (foreign <= utf8)
            return utf8 == 0 ? null : "UTF-8";
        return IsChinese(others.ToArray()) ? "CP936"
            : declared is null
                ? throw new ImportRefusedException(
                    "text-unclear",
                    "file",
                    "a .dbf with text in UTF-8 or GBK, or with a .cpg that says its encoding"
                )
            : null;

        void Count(ReadOnlySpan<byte> text)
        {
            if (!text.ContainsAnyExceptInRange((byte)0, (byte)127))
                return;
            // the field may end within a character
            for (var cut = 0; cut < 4 && cut < text.Length; cut++)
            {
                if (System.Text.Unicode.Utf8.IsValid(text[..^cut]))
                {
                    utf8++;
                    return;
                }
            }
            foreign++;
            others.Write(text);
            others.WriteByte((byte)'\n');
        }
    }

    /// <summary>
    /// Whether bytes that are not UTF-8 are GBK: mostly GB 2312's characters, no fewer than there would be of Big5's most usual, and no
    /// language whose letters stand at the same places, where there is enough of it to tell.
    /// </summary>
    private static bool IsChinese(byte[] bytes)
    {
        var (all, chinese, traditional) = (0, 0, 0);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] < 0x80)
                continue;
            all++;
            if (i + 1 == bytes.Length)
                break;
            var (lead, trail) = (bytes[i], bytes[i + 1]);
            var isFour =
                i + 3 < bytes.Length
                && trail is >= 0x30 and <= 0x39
                && bytes[i + 2] is >= 0x81 and <= 0xFE
                && bytes[i + 3] is >= 0x30 and <= 0x39;
            chinese += isFour || (trail is >= 0xA1 and <= 0xFE && lead is (>= 0xA1 and <= 0xA9) or (>= 0xB0 and <= 0xF7)) ? 1 : 0;
            traditional += lead is >= 0xA1 and <= 0xC6 && trail is (>= 0x40 and <= 0x7E) or (>= 0xA1 and <= 0xFE) ? 1 : 0;
            i +=
                isFour ? 3
                : trail >= 0x40 ? 1
                : 0;
        }
        return chinese >= Usual * all
            && chinese >= traditional
            && CharsetDetector.DetectFromBytes(bytes).Detected
                is not { Confidence: > 0.95f, EncodingName: "big5" or "euc-kr" or "euc-tw" or "euc-jp" or "shift_jis" or "shift-jis" };
    }

    /// <summary>The first line, from 1, that is not text of that encoding; null: all are, to the file's end.</summary>
    private static int? BadLine(string path, Encoding encoding)
    {
        var line = 1;
        using var reader = new StreamReader(path, encoding, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16);
        var buffer = new char[1 << 16];
        try
        {
            int read;
            while ((read = reader.ReadBlock(buffer)) > 0)
                line += buffer.AsSpan(0, read).Count('\n');
            return null;
        }
        catch (DecoderFallbackException)
        {
            return Utf8.Equals(encoding) ? LineOfFirstBadByte(path) : line;
        }
    }

    private static int LineOfFirstBadByte(string path)
    {
        var sample = Sample(path);
        var line = 1;
        foreach (var end in sample.AsSpan().Split((byte)'\n'))
        {
            if (!System.Text.Unicode.Utf8.IsValid(sample.AsSpan(end)))
                break;
            line++;
        }
        return line;
    }

    private static byte[] Sample(string path)
    {
        using var file = File.OpenRead(path);
        var sample = new byte[(int)Math.Min(file.Length, SampleSize)];
        file.ReadExactly(sample);
        return sample;
    }
}
