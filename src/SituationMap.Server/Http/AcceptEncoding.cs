using System.Collections.Concurrent;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Http;

/// <summary>Chooses the form in which a body is sent.</summary>
internal static class AcceptEncoding
{
    /// <summary>A browser sends one of a few texts; more than this are somebody's play and are read each time.</summary>
    private const int MaxCached = 64;

    private static readonly ConcurrentDictionary<string, ContentCoding> Cached = [];

    /// <summary>The best of ours that the client takes, the smaller one where it has no preference.</summary>
    public static ContentCoding Choose(StringValues acceptEncoding)
    {
        if (acceptEncoding.Count == 0)
            return ContentCoding.Identity;
        var text = acceptEncoding.ToString();
        if (Cached.TryGetValue(text, out var known))
            return known;
        var chosen = Read(acceptEncoding);
        if (Cached.Count < MaxCached)
            Cached.TryAdd(text, chosen);
        return chosen;
    }

    private static ContentCoding Read(StringValues acceptEncoding)
    {
        if (!StringWithQualityHeaderValue.TryParseList(acceptEncoding!, out var accepted))
            return ContentCoding.Identity;
        var (brotli, gzip) = (Quality("br"), Quality("gzip"));
        return brotli > 0 && brotli >= gzip ? ContentCoding.Brotli
            : gzip > 0 ? ContentCoding.Gzip
            : ContentCoding.Identity;

        double Quality(string name) =>
            (
                accepted.FirstOrDefault(value => value.Value.Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? accepted.FirstOrDefault(value => value.Value == "*")
            )
                is { } found
                ? found.Quality ?? 1
                : 0;
    }
}
