using System.Text.Json;
using NetTopologySuite.Geometries;
using SituationMap.Core;
using SituationMap.Core.Json;
using SituationMap.Geo.Outlines;

namespace SituationMap.Store.Zones.Planning;

/// <summary>A draft as it was sent.</summary>
/// <param name="Code">Null: the next free one.</param>
public sealed record ReadDraft(string? Code, DraftContent Content, IReadOnlyList<Mended> Mended);

/// <summary>Reads a draft: a GeoJSON Feature whose geometry is the outline (lon, lat), and whose properties are all the rest.</summary>
public static class DraftReader
{
    private static readonly string[] Properties = ["code", "name", "level", "from", "to", "reason"];
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(2 * 365);

    /// <param name="isComplete">False for a preview: what is not drawn yet may be missing, but for the level.</param>
    /// <returns>The draft, or what is wrong and, in an outline, where.</returns>
    public static (ReadDraft? Draft, Fault? Fault, Coordinate? Position) Read(JsonElement body, DateTimeOffset now, bool isComplete)
    {
        if (
            body.ValueKind != JsonValueKind.Object
            || !body.TryGetProperty("type", out var type)
            || type.ValueKind != JsonValueKind.String
            || type.GetString() != "Feature"
        )
            return (null, new Fault("type-wrong", "type", "a GeoJSON Feature"), null);
        var feature = new JsonFields(body);
        var fields = new JsonFields(feature.OptionalObject("properties"), "properties.");
        fields.RefuseOthersThan(Properties);
        var code = fields.OptionalText("code", 40);
        if (code?.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_') == false)
            fields.Refuse("code", "value-wrong", "letters, digits, - and _");
        if (string.Equals(code, "due", StringComparison.OrdinalIgnoreCase)) // its address is taken
            fields.Refuse("code", "value-wrong", "another code than due");
        var name = isComplete || fields.Has("name") ? fields.Text("name", 100) : "?";
        var level = fields.IsNull("level") ? null : fields.Text("level", 40);
        var reason = isComplete || fields.Has("reason") ? fields.Text("reason", 1_000) : "?";
        DateTimeOffset? from = fields.Has("from") ? fields.Instant("from", Earliest, now + Farthest) : null;
        DateTimeOffset? to = fields.Has("to") ? fields.Instant("to", Earliest, now + Farthest) : null;
        if (level is null && to is not null)
            fields.Refuse("to", "value-wrong", "no end where level is null: from says when the zone ends");
        if (to is not null && to <= (from ?? now))
            fields.Refuse("to", "time-too-early", from is null ? "a time to come" : "a time after from");
        if ((feature.Fault ?? fields.Fault) is { } wrong)
            return (null, wrong, null);
        if (!feature.Has("geometry"))
            return (null, new Fault("field-missing", "geometry", "a GeoJSON Polygon or MultiPolygon"), null);
        var (outline, fault, position) = OutlineCheck.Read(body.GetProperty("geometry"), "geometry");
        return outline is null
            ? (null, fault, position)
            : (new ReadDraft(code, new DraftContent(name, level, outline.Surface, from, to, reason), outline.Mended), null, null);
    }
}
