using SituationMap.Store.Settings;

namespace SituationMap.Server.Http;

/// <summary>
/// Under which address whoever asks knows this server: scheme, host and the path before ours, as the setting
/// <c>SituationMap:PublicAddress</c> says, or a trusted proxy (<see cref="Access.Proxies"/>), or the request itself. Every address in an
/// answer is made here.
/// </summary>
internal static class PublicAddress
{
    /// <summary>What the setting says holds for every request; after the proxies' word.</summary>
    public static IApplicationBuilder UsePublicAddress(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<SituationMapOptions>().PublicAddress is not { } address)
            return app;
        var host = address.IsDefaultPort ? new HostString(address.IdnHost) : new HostString(address.IdnHost, address.Port);
        var (scheme, path) = (address.Scheme, PathString.FromUriComponent(address.AbsolutePath.TrimEnd('/')));
        return app.Use(
            (context, next) =>
            {
                (context.Request.Scheme, context.Request.Host, context.Request.PathBase) = (scheme, host, path);
                return next(context);
            }
        );
    }

    /// <summary>Without a slash at its end, such as <c>https://maps.example.org/city</c>.</summary>
    public static string Root(this HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}";

    /// <summary>The address of a path of ours, from the root of the host.</summary>
    /// <param name="path">Begins with a slash, and is escaped.</param>
    public static string Below(this HttpRequest request, string path) => request.PathBase + path;

    /// <summary>That of what is asked for, without its query.</summary>
    public static string Here(this HttpRequest request) => request.PathBase + request.Path;
}
