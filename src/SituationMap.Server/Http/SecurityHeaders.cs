using Microsoft.Extensions.Primitives;

namespace SituationMap.Server.Http;

/// <summary>
/// What every answer tells a browser, errors and 304 included: nothing in it runs, is guessed at, framed or told to other sites. Pages set
/// a policy of their own over it. The values are made once.
/// </summary>
internal static class SecurityHeaders
{
    private static readonly StringValues ContentSecurityPolicy =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private static readonly StringValues ContentTypeOptions = "nosniff";
    private static readonly StringValues ReferrerPolicy = "same-origin";
    private static readonly StringValues PermissionsPolicy = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

    /// <summary>Of a page that may ask where it is.</summary>
    public static readonly StringValues PermissionsPolicyWithLocation = "camera=(), geolocation=(self), microphone=(), payment=(), usb=()";

    /// <summary>Of a page that may look through the camera.</summary>
    public static readonly StringValues PermissionsPolicyWithCamera = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()";
    private static readonly StringValues StrictTransportSecurity = "max-age=31536000";

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) =>
        app.Use(
            static (context, next) =>
            {
                Apply(context);
                return next(context);
            }
        );

    /// <summary>Also where an error has taken away what was set before.</summary>
    public static void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = ContentTypeOptions;
        headers["Referrer-Policy"] = ReferrerPolicy;
        headers["Permissions-Policy"] = PermissionsPolicy;
        if (IsOverTls(context.Request))
            headers.StrictTransportSecurity = StrictTransportSecurity;
    }

    /// <summary>Whether the client speaks TLS, here or with the proxy before; whoever pretends it to us tells only himself.</summary>
    public static bool IsOverTls(HttpRequest request) => request.IsHttps || request.Headers["X-Forwarded-Proto"] == "https";
}
