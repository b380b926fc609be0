namespace SituationMap.Server.Http;

/// <summary>What caches may do with answers about the past.</summary>
internal static class Caching
{
    /// <summary>What must not lie about anywhere.</summary>
    public static void Never(HttpContext context) => context.Response.Headers.CacheControl = "no-store";

    /// <summary>What one caller was shown is not for the next one, also in the same browser.</summary>
    public const string ByCaller = "Authorization, Cookie";

    /// <summary>
    /// An answer that cannot change any more need not be asked for again. An hour and not for ever: what the city is built like is that
    /// of the present in all pictures, and changes with imports.
    /// </summary>
    public static void Apply(HttpContext context, bool isFinal)
    {
        context.Response.Headers.CacheControl = isFinal ? "private, max-age=3600, immutable" : "private, no-cache";
        context.Response.Headers.Vary = ByCaller;
    }
}
