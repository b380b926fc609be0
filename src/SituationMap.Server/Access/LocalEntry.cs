using SituationMap.Server.Http;

namespace SituationMap.Server.Access;

/// <summary>
/// The way in for a browser in local mode: the address that the server printed holds the token, which becomes a cookie and leaves the
/// address at once, so that it is in no history, bookmark, referrer, cache or picture of the screen.
/// </summary>
internal static class LocalEntry
{
    /// <summary>The query is logged nowhere: what logs requests before any of ours sees them is silent in
    /// <see cref="AccessServices"/>.</summary>
    public static IApplicationBuilder UseLocalEntry(this IApplicationBuilder app)
    {
        var local = app.ApplicationServices.GetRequiredService<LocalMode>();
        return app.Use(
            (context, next) =>
            {
                if (
                    !PagePaths.All.Contains(context.Request.Path.Value)
                    || !context.Request.Query.TryGetValue(LocalMode.Parameter, out var shown)
                )
                    return next(context);
                if (local.Covers(context, shown.ToString()))
                    context.Response.Cookies.Append(
                        LocalMode.CookieOf(context.Request),
                        local.Token!.Text,
                        SessionEndpoints.CookieOptions(context.Request)
                    );
                var headers = context.Response.Headers;
                (headers.CacheControl, headers["Referrer-Policy"]) = ("no-store", "no-referrer");
                // relative, so it is right behind whatever stands before; the rest of the address is the state of the page
                headers.Location =
                    $".{context.Request.Path}"
                    + QueryString.Create(context.Request.Query.Where(parameter => parameter.Key != LocalMode.Parameter));
                context.Response.StatusCode = StatusCodes.Status303SeeOther;
                return Task.CompletedTask;
            }
        );
    }
}
