using System.Buffers;
using System.IO.Compression;

namespace SituationMap.Store.Tiles;

/// <summary>The form in which a body is sent (RFC 9110, content coding).</summary>
public enum ContentCoding : byte
{
    Identity,
    Gzip,
    Brotli,
}

public static class ContentCodings
{
    /// <summary>Tiles are packed while somebody waits: beyond this level the last few percent cost more time than they save.</summary>
    private const int BrotliQuality = 4;

    private const int BrotliWindow = 18;

    /// <summary>Its name in the header Content-Encoding; null: none is sent.</summary>
    public static string? Name(this ContentCoding coding) =>
        coding switch
        {
            ContentCoding.Gzip => "gzip",
            ContentCoding.Brotli => "br",
            _ => null,
        };

    /// <summary>The bytes in this coding.</summary>
    public static byte[] Pack(this ContentCoding coding, byte[] bytes) =>
        coding switch
        {
            _ when bytes.Length == 0 => bytes, // nothing stays nothing, and is told as such
            ContentCoding.Gzip => Gzip(bytes),
            ContentCoding.Brotli => Brotli(bytes),
            _ => bytes,
        };

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream(bytes.Length / 2);
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    private static byte[] Brotli(byte[] bytes)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(bytes.Length));
        try
        {
            return BrotliEncoder.TryCompress(bytes, buffer, out var length, BrotliQuality, BrotliWindow)
                ? buffer[..length]
                : throw new InvalidOperationException("Brotli had less room than it says it needs.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
