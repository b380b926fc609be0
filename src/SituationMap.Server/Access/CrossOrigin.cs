using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Server.Http;

namespace SituationMap.Server.Access;

/// <summary>
/// Keeps pages of other sites from changing anything in the name of whoever has them open (CSRF). A browser says by itself where a
/// request comes from (<c>Sec-Fetch-Site</c>, else <c>Origin</c>), and no page can make it say otherwise; what is no browser says
/// nothing. So no token has to be handed out and kept, and API clients have nothing to do.
/// </summary>
internal static class CrossOrigin
{
    /// <summary>Whether a request that would change something was made by a page of another site.</summary>
    public static bool IsForbidden(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
            return false;
        if (request.Headers["Sec-Fetch-Site"] is { Count: > 0 } site)
            return site.ToString() is not ("same-origin" or "none");
        return request.Headers.Origin is { Count: > 0 } origin
            && !(
                Uri.TryCreate(origin.ToString(), UriKind.Absolute, out var from)
                && HostString.FromUriComponent(from).Equals(Host(request, from))
            );
    }

    public static ProblemHttpResult Refuse() =>
        Problems.From(
            StatusCodes.Status403Forbidden,
            new Fault("origin-foreign", "Origin", "a request of this server's own pages, or an API key or token")
        );

    /// <summary>The host asked for, with the port left out where <paramref name="like"/> leaves it out.</summary>
    private static HostString Host(HttpRequest request, Uri like) =>
        like.IsDefaultPort && request.Host.Port is 80 or 443 ? new HostString(request.Host.Host) : request.Host;
}
