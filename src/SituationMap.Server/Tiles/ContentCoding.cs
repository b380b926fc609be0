using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Compression;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace SituationMap.Server.Tiles;

/// <summary>The form in which a body is sent (RFC 9110, content coding).</summary>
internal enum ContentCoding : byte
{
    Identity,
    Gzip,
    Brotli,
}

internal static class ContentCodings
{
    /// <summary>A browser sends one of a few texts; more than this are somebody's play and are read each time.</summary>
    private const int KeptTexts = 64;

    /// <summary>Tiles are packed while somebody waits: beyond this level the last few percent cost more time than they save.</summary>
    private const int BrotliQuality = 4;

    private const int BrotliWindow = 18;

    private static readonly ConcurrentDictionary<string, ContentCoding> Known = [];

    /// <summary>Its name in the header Content-Encoding; null: none is sent.</summary>
    public static string? Name(this ContentCoding coding) => coding switch
    {
        ContentCoding.Gzip => "gzip",
        ContentCoding.Brotli => "br",
        _ => null,
    };

    /// <summary>The best of ours that the client takes, the smaller one where it has no preference.</summary>
    public static ContentCoding Choose(StringValues acceptEncoding)
    {
        if (acceptEncoding.Count == 0)
            return ContentCoding.Identity;
        var text = acceptEncoding.ToString();
        if (Known.TryGetValue(text, out var known))
            return known;
        var chosen = Read(acceptEncoding);
        if (Known.Count < KeptTexts)
            Known.TryAdd(text, chosen);
        return chosen;
    }

    /// <summary>The bytes in this coding.</summary>
    public static byte[] Pack(this ContentCoding coding, byte[] bytes) => coding switch
    {
        _ when bytes.Length == 0 => bytes, // nothing stays nothing, and is told as such
        ContentCoding.Gzip => Gzip(bytes),
        ContentCoding.Brotli => Brotli(bytes),
        _ => bytes,
    };

    private static ContentCoding Read(StringValues acceptEncoding)
    {
        if (!StringWithQualityHeaderValue.TryParseList(acceptEncoding!, out var accepted))
            return ContentCoding.Identity;
        var (brotli, gzip) = (Quality("br"), Quality("gzip"));
        return brotli > 0 && brotli >= gzip ? ContentCoding.Brotli : gzip > 0 ? ContentCoding.Gzip : ContentCoding.Identity;

        double Quality(string name) =>
            (accepted.FirstOrDefault(value => value.Value.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? accepted.FirstOrDefault(value => value.Value == "*")) is { } found ? found.Quality ?? 1 : 0;
    }

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
