using Microsoft.AspNetCore.HttpOverrides;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Access;

/// <summary>Takes the word of the proxies that the settings name on where a request comes from, and under which address it was
/// made.</summary>
internal static class Proxies
{
    /// <summary>
    /// Nothing where none is named. What a trusted proxy said leaves <c>X-Original-…</c> behind, so a request that came through one is
    /// never taken for one of this machine. A proxy has to set each of these headers or take it away: what it passes on is taken for its
    /// own word.
    /// </summary>
    public static IApplicationBuilder UseProxies(this IApplicationBuilder app)
    {
        var proxies = app.ApplicationServices.GetRequiredService<SituationMapOptions>().Proxies;
        if (proxies.Count == 0)
            return app;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders =
                ForwardedHeaders.XForwardedFor
                | ForwardedHeaders.XForwardedProto
                | ForwardedHeaders.XForwardedHost
                | ForwardedHeaders.XForwardedPrefix,
            ForwardLimit = null, // as many as stand one behind the other, up to the first that is not named
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (Networks.TryParse(proxy, out var network))
                options.KnownIPNetworks.Add(network);
        }
        return app.UseForwardedHeaders(options);
    }
}
