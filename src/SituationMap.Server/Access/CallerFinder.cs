using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using SituationMap.Store.Access;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Access;

/// <summary>Finds out who sends a request: by an API key, an authority's token or that of local mode; else by the cookie of a session, or
/// of local mode.</summary>
internal sealed class CallerFinder(AccessDirectory directory, LocalMode local, SituationMapOptions options)
{
    private const string Bearer = "Bearer ";

    /// <summary>Null: somebody unknown, or with a key, token or session that does not hold.</summary>
    public ValueTask<Caller?> FindAsync(HttpContext context)
    {
        // who shows a key means to be its account and nobody else
        if (context.Request.Headers.Authorization is { Count: > 0 } shown)
        {
            var text = shown.ToString();
            if (!text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
                return default;
            var key = text.AsSpan(Bearer.Length).Trim();
            return key.StartsWith(Secret.KeyPrefix, StringComparison.Ordinal) ? new(directory.Find(key, CallerKind.Key))
                : local.Covers(context, key) ? new(Caller.Local)
                : options.Authority is null ? default
                : FindByTokenAsync(context, key.ToString());
        }
        if (
            context.Request.Headers.Cookie.Count > 0
            && context.Request.Cookies[SessionEndpoints.Cookie] is { Length: > 0 } secret
            && directory.Find(secret, CallerKind.Session) is { } caller
        )
            return new(caller);
        return new(
            local.IsOn && context.Request.Cookies[LocalMode.CookieOf(context.Request)] is { } token && local.Covers(context, token)
                ? Caller.Local
                : null
        );
    }

    private async ValueTask<Caller?> FindByTokenAsync(HttpContext context, string token)
    {
        var found = await context.AuthenticateAsync(JwtBearerDefaults.AuthenticationScheme);
        return found.Succeeded && found.Principal.FindFirst(options.AccountClaim)?.Value is { } account
            ? await directory.FindTokenAsync(
                token,
                account,
                found.Properties?.ExpiresUtc ?? DateTimeOffset.MinValue,
                RequestAudit.OriginOf(context),
                context.RequestAborted
            )
            : null;
    }
}

internal static class Tokens
{
    /// <summary>Tokens of the configured authority (OpenID Connect); without one, none is taken.</summary>
    public static IServiceCollection AddTokens(this IServiceCollection services, SituationMapOptions options)
    {
        if (options.Authority is null)
            return services;
        services
            .AddAuthentication()
            .AddJwtBearer(bearer =>
            {
                (bearer.Authority, bearer.Audience, bearer.MapInboundClaims) = (options.Authority, options.Audience, false);
                // an authority on this machine is a test's; every other one is asked over TLS
                bearer.RequireHttpsMetadata = !new Uri(options.Authority).IsLoopback;
            });
        return services;
    }
}
