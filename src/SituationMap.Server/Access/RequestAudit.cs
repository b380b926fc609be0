using System.Text.Json.Nodes;
using SituationMap.Store.Access;

namespace SituationMap.Server.Access;

internal static class RequestAudit
{
    /// <summary>An entry by whoever sends the request.</summary>
    public static AuditEntry Of(HttpContext context, string action, string subject, string? purpose = null, JsonObject? details = null) =>
        new(context.User.Identity?.Name ?? "nobody", action, subject, OriginOf(context), purpose, details);

    /// <summary>The address that a request comes from.</summary>
    public static string OriginOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "this machine";
}
