using SituationMap.Core.Protocols;

namespace SituationMap.Server.Protocols;

/// <summary>The protocol plan that this deployment follows.</summary>
internal sealed record ProtocolCatalog(ProtocolPlan Plan)
{
    public int ZoneRank(string level) => level.Length;

    public string EditionAt(DateTimeOffset at) => at.ToString();
}
