namespace SituationMap.Web.Tests;

/// <summary>The folder of the viewer's sources.</summary>
internal static class WebFolder
{
    public static readonly string Path = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "SituationMap.sln")))
                return System.IO.Path.Combine(folder.FullName, "src", "SituationMap.Web");
        }
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} has SituationMap.sln.");
    }
}
