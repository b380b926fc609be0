using System.Text.Json.Nodes;
using SituationMap.Core;
using SituationMap.Geo.Features;
using SituationMap.Geo.Outlines;

namespace SituationMap.Store.Zones.Planning;

/// <param name="State">draft, submitted or rejected.</param>
/// <param name="Base">The version it changes; 0: a new zone.</param>
/// <param name="Level">Null: it ends the zone.</param>
/// <param name="From">When it begins; null: when it is approved.</param>
/// <param name="Authors">All who wrote it; none of them may approve it.</param>
/// <param name="Outline">GeoJSON Polygon or MultiPolygon, lon, lat.</param>
public sealed record DraftResponse(
    [property: Schema("DraftState")] string State,
    int Base,
    string Name,
    string? Level,
    DateTimeOffset? From,
    DateTimeOffset? To,
    string Reason,
    IReadOnlyList<string> Authors,
    double SquareMetres,
    [property: Schema("Surface")] JsonObject Outline
)
{
    public static DraftResponse Of(ZoneDraft draft) =>
        new(
            draft.State,
            draft.Base,
            draft.Content.Name,
            draft.Content.Level,
            draft.Content.From,
            draft.Content.To,
            draft.Content.Reason,
            draft.Authors,
            Math.Round(LocalMetres.Around(draft.Content.Outline).SquareMetres(draft.Content.Outline), 1),
            GeoJson.ToJson(draft.Content.Outline)
        );
}

/// <param name="Level">Null: it ended the zone.</param>
/// <param name="From">When it takes over from the one before.</param>
/// <param name="To">When it ends by itself; null: open.</param>
/// <param name="At">When it was published.</param>
/// <param name="Outline">GeoJSON Polygon or MultiPolygon, lon, lat.</param>
public sealed record VersionResponse(
    int Version,
    string Name,
    string? Level,
    DateTimeOffset From,
    DateTimeOffset? To,
    string Author,
    string? Approver,
    string Reason,
    DateTimeOffset At,
    double SquareMetres,
    [property: Schema("Surface")] JsonObject Outline
)
{
    public static VersionResponse Of(ZoneVersion version) =>
        new(
            version.Version,
            version.Name,
            version.Level,
            version.From,
            version.To,
            version.Author,
            version.Approver,
            version.Reason,
            version.At,
            Math.Round(LocalMetres.Around(version.Outline).SquareMetres(version.Outline), 1),
            GeoJson.ToJson(version.Outline)
        );
}

/// <summary>What is decided of a zone and has not taken effect.</summary>
/// <param name="Step">approve, end, lower, rollback or split.</param>
/// <param name="SecondsLeft">How long it can still be taken back, by the server's clock.</param>
public sealed record DecisionResponse(
    string Step,
    string Actor,
    string Reason,
    DateTimeOffset At,
    DateTimeOffset TakesEffectAt,
    double SecondsLeft
)
{
    public static DecisionResponse Of(ZoneDecision decision, DateTimeOffset now) =>
        new(
            decision.Step,
            decision.Actor.Name,
            decision.Reason,
            decision.At,
            decision.TakesEffectAt,
            Math.Max(0, Math.Round((decision.TakesEffectAt - now).TotalSeconds, 1))
        );
}

/// <summary>One zone with everything planned and published.</summary>
/// <param name="Parent">The zone it was split from; null: none.</param>
/// <param name="Parts">The zones into which it was split that are in force or will be; going back to a version ends them.</param>
/// <param name="Etag">For <c>If-Match</c>; also in the header <c>ETag</c>.</param>
/// <param name="State">What comes first of: inForce, scheduled, submitted, draft, rejected, ended.</param>
/// <param name="InForce">The version in force; null: none is.</param>
/// <param name="Scheduled">Versions that take over later.</param>
/// <param name="Draft">What it is to become; null: nothing is planned.</param>
/// <param name="Decision">What is decided and takes effect in a few seconds, unless it is taken back; null: nothing.</param>
/// <param name="Mended">What was mended of the outline just sent; empty otherwise.</param>
public sealed record ZoneResponse(
    string Code,
    string? Parent,
    IReadOnlyList<string> Parts,
    string Etag,
    [property: Schema("ZoneState")] string State,
    VersionResponse? InForce,
    IReadOnlyList<VersionResponse> Scheduled,
    DraftResponse? Draft,
    DecisionResponse? Decision,
    IReadOnlyList<Mended> Mended
)
{
    public static ZoneResponse Of(ZoneRecord zone, DateTimeOffset now, IReadOnlyList<Mended>? mended = null)
    {
        var inForce = zone.InForceAt(now);
        VersionResponse[] scheduled = [.. zone.Versions.Where(version => version.From > now).Select(VersionResponse.Of)];
        var state =
            inForce is not null ? "inForce"
            : zone.Standing(now) is not null ? "scheduled"
            : zone.Draft?.State ?? "ended";
        return new ZoneResponse(
            zone.Code,
            zone.Parent,
            zone.Parts,
            zone.Tag.Text,
            state,
            inForce is null ? null : VersionResponse.Of(inForce),
            scheduled,
            zone.Draft is null ? null : DraftResponse.Of(zone.Draft),
            zone.Decision is null ? null : DecisionResponse.Of(zone.Decision, now),
            mended ?? []
        );
    }
}

/// <summary>One side of a conflict: what a zone was to be.</summary>
/// <param name="Outline">GeoJSON Polygon or MultiPolygon, lon, lat.</param>
public sealed record PlanResponse(
    string Name,
    string? Level,
    DateTimeOffset? From,
    DateTimeOffset? To,
    string Reason,
    [property: Schema("Surface")] JsonObject Outline
)
{
    public static PlanResponse Of(DraftContent content) =>
        new(content.Name, content.Level, content.From, content.To, content.Reason, GeoJson.ToJson(content.Outline));
}
