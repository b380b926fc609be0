namespace SituationMap.Server.Http;

/// <summary>Where the pages are that people open.</summary>
internal static class PagePaths
{
    public const string Viewer = "/";

    /// <summary>The grid worker's.</summary>
    public const string Round = "/m";

    public static readonly string[] All = [Viewer, Round];
}
