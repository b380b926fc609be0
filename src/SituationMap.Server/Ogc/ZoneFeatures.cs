using System.Text.Json.Nodes;
using SituationMap.Geo.Features;
using SituationMap.Geo.Shapes;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Server.Ogc;

/// <summary>A draft of a zone among the features: not in force.</summary>
internal sealed record DraftedZone(int Id, string Code, ZoneDraft Draft)
    : ZoneInForce(
        Id,
        Code,
        Draft.Base,
        Draft.Content.Name,
        Draft.Content.Level ?? "", // it ends the zone
        Draft.Content.From ?? default,
        Draft.Content.To,
        Draft.Content.Outline,
        Shape.Of(Draft.Content.Outline)
    );

/// <summary>The features of the collection <c>zones</c> that are not in the picture of the present: of other times, and what is
/// planned.</summary>
internal static class ZoneFeatures
{
    /// <summary>What the id of a draft ends with, in place of the version.</summary>
    public const string DraftSuffix = ":draft";

    public static readonly string[] States = ["inForce", "scheduled", "ended", "draft", "submitted", "rejected"];

    public static string IdOf(ZoneInForce zone) => zone is DraftedZone ? zone.Code + DraftSuffix : $"{zone.Code}:{zone.Version}";

    public static string StateOf(ZoneInForce zone, DateTimeOffset at) =>
        zone is DraftedZone drafted ? drafted.Draft.State
        : zone.From > at ? "scheduled"
        : zone.To <= at ? "ended"
        : "inForce";

    /// <summary>The zones that a query asks about; null: those in force now.</summary>
    /// <param name="state">As the parameter says, for what is planned is in no list but its own.</param>
    public static async Task<ZoneInForce[]?> ReadAsync(
        ZoneReader zones,
        FeatureQuery query,
        string? state,
        CancellationToken cancellation
    ) =>
        state switch
        {
            _ when query.HasTime => await zones.PeriodsAsync(query.From, query.To, null, cancellation),
            "draft" or "submitted" or "rejected" => await zones.DraftsAsync(
                state,
                (id, code, draft) => (ZoneInForce)new DraftedZone(id, code, draft),
                cancellation
            ),
            "scheduled" or "ended" => await zones.PeriodsAsync(null, null, null, cancellation),
            _ => null,
        };

    /// <summary>One zone by its id, with its ETag where it can be changed: a draft, and what is in force or will be next; null: there is
    /// none.</summary>
    public static async Task<(ZoneInForce? Zone, string? Tag)> FindAsync(
        ZoneReader zones,
        string id,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        var (code, version) = Split(id);
        if (await zones.FindAsync(code, now, cancellation) is { } zone)
        {
            if (id.EndsWith(DraftSuffix, StringComparison.Ordinal))
                return zone.Draft is null ? default : (new DraftedZone(zone.Id, zone.Code, zone.Draft), zone.Tag.Text);
            if (zone.Standing(now) is { } standing && (version is null || version == standing.Version))
                return (Of(zone, standing), zone.Tag.Text);
        }
        return version is null
            ? default
            : ((await zones.PeriodsAsync(null, null, code, cancellation)).FirstOrDefault(period => period.Version == version), null);
    }

    /// <summary>The code in an id, and the version, where it names one.</summary>
    public static (string Code, int? Version) Split(string id)
    {
        var colon = id.LastIndexOf(':');
        return colon < 0 ? (id, null) : (id[..colon], int.TryParse(id.AsSpan(colon + 1), out var version) ? version : null);
    }

    private static ZoneInForce Of(ZoneRecord zone, ZoneVersion version) =>
        new(
            zone.Id,
            zone.Code,
            version.Version,
            version.Name,
            version.Level!,
            version.From,
            version.To,
            version.Outline,
            Shape.Of(version.Outline)
        );

    /// <summary>What an item says, as a Feature in lon, lat.</summary>
    public static JsonObject Write(string code, DraftContent content, ZoneRecord zone, bool isDraft, DateTimeOffset now) =>
        new()
        {
            ["type"] = "Feature",
            ["geometry"] = GeoJson.ToJson(content.Outline),
            ["properties"] = new JsonObject
            {
                ["code"] = code,
                ["version"] = isDraft ? zone.Draft!.Base : zone.Standing(now)!.Version,
                ["name"] = content.Name,
                ["level"] = content.Level,
                ["from"] = content.From,
                ["to"] = content.To,
                ["state"] =
                    isDraft ? zone.Draft!.State
                    : zone.InForceAt(now) is null ? "scheduled"
                    : "inForce",
                // what is published does not give its reason on: a change has one of its own
                ["reason"] = isDraft ? content.Reason : null,
            },
        };
}
