using System.Text.Json;

namespace SituationMap.Web.Tests;

/// <summary>The colours of the light palette, from the one file that has them.</summary>
internal static class Palette
{
    public static readonly string[] Statuses = ["quarantined", "observed", "out", "healthy"];

    private static readonly JsonElement Light = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "tiles", "palette.json"))).RootElement.GetProperty("default").GetProperty("light");

    /// <summary>As #RRGGBB.</summary>
    public static string Of(string name) => Light.GetProperty(name).GetString()!.ToUpperInvariant();
}
