namespace SituationMap.Server.Http;

/// <summary>Where the pages are that people open.</summary>
internal static class PagePaths
{
    public const string Viewer = "/";

    /// <summary>The grid worker's.</summary>
    public const string Round = "/m";

    /// <summary>The one of whoever stands at a gate.</summary>
    public const string Gate = "/g";

    public static readonly string[] All = [Viewer, Round, Gate];
}
