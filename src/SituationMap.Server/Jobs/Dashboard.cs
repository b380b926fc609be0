using Hangfire;
using Hangfire.Dashboard;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;

namespace SituationMap.Server.Jobs;

/// <summary>
/// Hangfire's own pages at <c>/hangfire</c>: for whoever operates the server, and for auditors, who only look. Who gets there is decided
/// where it is for every endpoint, before the library is reached.
/// </summary>
internal static class Dashboard
{
    private const string Path = "/hangfire";

    /// <summary>Scripts and styles come from this server; the library sets colours and bars in attributes.</summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    static Dashboard()
    {
        const string Style = "dashboard.css";
        DashboardRoutes.AddStylesheet(typeof(Dashboard).Assembly, Style);
        // after the library's own for the dark
        DashboardRoutes.AddStylesheetDarkMode(typeof(Dashboard).Assembly, Style);
    }

    public static IEndpointRouteBuilder MapDashboard(this IEndpointRouteBuilder routes)
    {
        var options = new DashboardOptions
        {
            // decided by the endpoints' own rights; the default lets in whoever comes from this machine
            Authorization = [],
            // a request that changes something and comes from another site is refused for every endpoint
            IgnoreAntiforgeryToken = true,
            IsReadOnlyFunc = context => context.GetHttpContext().Caller()?.May(Right.Operate) != true,
            DashboardTitle = "SituationMap",
            DisplayStorageConnectionString = false,
        };
        var app = routes.CreateApplicationBuilder();
        var pages = app.Use(
                (context, next) =>
                {
                    // the library would fail over it: it looks for a form in all that is posted, and in what asks for figures
                    var wantsForm =
                        HttpMethods.IsPost(context.Request.Method)
                        || context.Request.Path.StartsWithSegments(Path + "/stats", StringComparison.Ordinal);
                    if (wantsForm && !context.Request.HasFormContentType)
                    {
                        context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
                        return Task.CompletedTask;
                    }
                    context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
                    return next(context);
                }
            )
            .UsePathBase(Path)
            .UseMiddleware<AspNetCoreDashboardMiddleware>(
                app.ApplicationServices.GetRequiredService<JobStorage>(),
                options,
                DashboardRoutes.Routes,
                true // what it does not know is not found
            )
            .Build();
        routes
            .MapGet(Path + "/{**path}", pages)
            .RequiresRight(Right.Operate, or: Right.Audit)
            .TakesQuery("from", "count", "period")
            .LeftToLibrary();
        // figures that the pages ask for again and again
        routes.MapPost(Path + "/stats", pages).RequiresRight(Right.Operate, or: Right.Audit).ChangesNothing().LeftToLibrary();
        routes.MapPost(Path + "/{**path}", pages).RequiresRight(Right.Operate).LeftToLibrary();
        return routes;
    }

    private static void LeftToLibrary<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.UsesStore().ExcludeFromDescription();
}
