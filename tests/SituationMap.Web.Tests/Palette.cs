using System.Text.Json;

namespace SituationMap.Web.Tests;

/// <summary>The colours of the palette, from the one file that has them.</summary>
internal static class Palette
{
    public static readonly string[] Statuses = ["quarantined", "observed", "out", "healthy"];

    private static readonly JsonElement All = JsonDocument
        .Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "tiles", "palette.json")))
        .RootElement;

    /// <summary>As #RRGGBB.</summary>
    public static string Of(string name, string theme = "light", string palette = "default") =>
        All.GetProperty(palette).GetProperty(theme).GetProperty(name).GetString()!.ToUpperInvariant();
}
