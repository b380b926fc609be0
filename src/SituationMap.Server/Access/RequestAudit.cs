using System.Text.Json.Nodes;
using SituationMap.Store.Access;

namespace SituationMap.Server.Access;

internal static class RequestAudit
{
    /// <summary>An entry by whoever sends the request.</summary>
    public static AuditEntry Of(HttpContext context, string action, string subject, string? purpose = null, JsonObject? details = null) =>
        new(
            context.User.Identity?.Name ?? "nobody",
            action,
            subject,
            context.Connection.RemoteIpAddress?.ToString() ?? "this machine",
            purpose,
            details
        );
}
