using System.Globalization;
using NetTopologySuite.Geometries;
using SituationMap.Core;
using SituationMap.Core.Zones;

namespace SituationMap.Store.Zones.Planning;

/// <summary>
/// Where the life of a zone stands: how many versions were published and how many steps taken. As an ETag, what <c>If-Match</c> is
/// compared with, so that nobody changes what he has not seen.
/// </summary>
public readonly record struct ZoneTag(int Version, int Step)
{
    public string Text => $"\"{Version}.{Step}\"";

    /// <summary>Reads one ETag, quoted, as it was given out.</summary>
    public static ZoneTag? Parse(string? text)
    {
        var parts = text is ['"', .. var inner, '"'] ? inner.Split('.') : [];
        return
            parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var step)
            ? new ZoneTag(version, step)
            : null;
    }
}

/// <summary>What a zone is to be.</summary>
/// <param name="Level">The edition's id of the level; null: it is to be no zone any more.</param>
/// <param name="From">When it begins; null: when it is approved. Past by then: also when it is approved.</param>
/// <param name="To">When it ends by itself; null: open.</param>
public sealed record DraftContent(
    string Name,
    string? Level,
    MultiPolygon Outline,
    DateTimeOffset? From,
    DateTimeOffset? To,
    string Reason
);

/// <param name="State">draft, submitted or rejected.</param>
/// <param name="Base">The version it changes; 0: a new zone.</param>
/// <param name="Authors">All who wrote it; none of them may approve it.</param>
public sealed record ZoneDraft(string State, int Base, DraftContent Content, IReadOnlyList<string> Authors);

/// <summary>A published version as it was written.</summary>
/// <param name="Level">Null: it ends the zone.</param>
/// <param name="Outline">Lon, lat.</param>
public sealed record ZoneVersion(
    int Version,
    string Name,
    string? Level,
    MultiPolygon Outline,
    DateTimeOffset From,
    DateTimeOffset? To,
    string Author,
    string? Approver,
    string Reason,
    DateTimeOffset At
)
{
    public ZoneVersionTimes Times => new(Version, Level, From, To);
}

/// <summary>Everything about one zone, read under its lock.</summary>
/// <param name="Parts">The codes of those into which it was split that are in force or will be.</param>
/// <param name="Versions">In the order of their numbers.</param>
/// <param name="Decision">What is decided and takes effect in a few seconds; until then no other step is taken. Null: nothing.</param>
public sealed record ZoneRecord(
    int Id,
    string Code,
    string? Parent,
    IReadOnlyList<string> Parts,
    ZoneTag Tag,
    ZoneDraft? Draft,
    IReadOnlyList<ZoneVersion> Versions,
    ZoneDecision? Decision
)
{
    /// <summary>The version in force at an instant; null: none is.</summary>
    public ZoneVersion? InForceAt(DateTimeOffset instant) =>
        Standing(instant) is { } standing && standing.From <= instant ? standing : null;

    /// <summary>The version in force, else the next one that will be; null: there is none, or the zone is over.</summary>
    public ZoneVersion? Standing(DateTimeOffset now) => StandingFrom(now).FirstOrDefault();

    /// <summary>The versions that are or will be in force, in that order.</summary>
    public IEnumerable<ZoneVersion> StandingFrom(DateTimeOffset now) =>
        from period in ZoneVersions.Periods(Id, Versions.Select(version => version.Times))
        where period.ReachesBeyond(now)
        select Versions.First(version => version.Version == period.Version);

    /// <summary>When versions that are published already will take over.</summary>
    public IEnumerable<DateTimeOffset> Scheduled(DateTimeOffset now) =>
        Versions.Where(version => version.From > now).Select(version => version.From).Distinct().Order();
}

/// <summary>What stands of the parts into which a zone was split.</summary>
/// <param name="AsSplit">Those that are as the split made them, with the version in force: they end when the zone is whole again.</param>
/// <param name="Changed">The codes of those that somebody has changed since, or plans to.</param>
public sealed record ZoneParts(IReadOnlyList<(ZoneRecord Zone, ZoneVersion Standing)> AsSplit, IReadOnlyList<string> Changed);

/// <summary>Whether a step was taken, and if not what kind of reason speaks against it.</summary>
public enum StepOutcome
{
    Taken,

    /// <summary>What was sent is wrong in itself.</summary>
    Invalid,

    /// <summary>Somebody else may take it.</summary>
    Forbidden,

    NotFound,

    /// <summary>The zone is not as the caller saw it.</summary>
    Stale,

    /// <summary>The zone is not in a state in which the step can be taken.</summary>
    Conflict,
}

/// <summary>How a step ended.</summary>
/// <param name="Zone">As it is now; also where the step was refused because the zone had changed meanwhile.</param>
public sealed record StepResult(ZoneRecord? Zone, StepOutcome Outcome = StepOutcome.Taken, Fault? Fault = null)
{
    public static StepResult Refused(StepOutcome outcome, Fault fault, ZoneRecord? zone = null) => new(zone, outcome, fault);

    public static StepResult Conflict(ZoneRecord zone, string code, string field, string expected) =>
        new(zone, StepOutcome.Conflict, new Fault(code, field, expected));
}
