using SituationMap.Core.Protocols;

namespace SituationMap.Server.Protocols;

/// <summary>The protocol plan that this deployment follows.</summary>
internal sealed record ProtocolCatalog(ProtocolPlan Plan);
