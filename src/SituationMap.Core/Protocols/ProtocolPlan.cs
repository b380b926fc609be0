namespace SituationMap.Core.Protocols;

/// <summary>Which protocol edition is in force when, and the time zone in which its days are counted.</summary>
/// <param name="Id">The plan's id, such as <c>demo</c>.</param>
/// <param name="TimeZone">The deployment's time zone.</param>
public sealed record ProtocolPlan(string Id, TimeZoneInfo TimeZone);
