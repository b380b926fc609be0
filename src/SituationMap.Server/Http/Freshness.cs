using System.Globalization;
using Microsoft.Net.Http.Headers;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Http;

/// <summary>
/// While the store is away, reading goes on from the snapshot, and every answer says how old that is: <c>Age</c> in seconds, and
/// <c>Warning</c> 110 (RFC 7234, "response is stale").
/// </summary>
internal static class Freshness
{
    public static IApplicationBuilder UseFreshness(this IApplicationBuilder app)
    {
        var holder = app.ApplicationServices.GetRequiredService<SnapshotHolder>();
        return app.Use(
            (context, next) =>
            {
                if (
                    (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
                    && holder.AgeIfStale() is { } age
                )
                    Tell(context.Response.Headers, age);
                return next(context);
            }
        );
    }

    private static void Tell(IHeaderDictionary headers, TimeSpan age)
    {
        headers[HeaderNames.Age] = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        headers[HeaderNames.Warning] = "110 - \"the store is away; this is what was known before\"";
    }
}
