namespace SituationMap.Web.Tests;

/// <summary>The folder of the viewer's sources.</summary>
internal static class WebFolder
{
    public static readonly string Path = System.IO.Path.Combine(Sources.Root, "src", "SituationMap.Web");
}
