using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Access;

internal static class AccessServices
{
    public static async Task AddAccessAsync(this WebApplicationBuilder builder, PostgisStore store, CancellationToken cancellation)
    {
        var options = SituationMapOptions.Read(builder.Configuration);
        builder.Services.AddSingleton(LocalMode.Open(builder.Configuration, options, isEmbedded: store.Embedded is not null));
        builder.Services.AddSingleton(
            await DeploymentKey.OpenAsync(store.DataSource, options, mayMake: store.Embedded is not null, cancellation)
        );
        builder.Services.AddSingleton<AccessDirectory>().AddHostedService(services => services.GetRequiredService<AccessDirectory>());
        builder
            .Services.AddSingleton<AuditSealer>()
            .AddSingleton<AuditAnchor>()
            .AddSingleton<AuditSealing>()
            .AddHostedService(services => services.GetRequiredService<AuditSealing>())
            .AddSingleton<RefusalRecord>()
            .AddHostedService(services => services.GetRequiredService<RefusalRecord>());
        builder
            .Services.AddSingleton<AccountStore>()
            .AddSingleton<SecondFactor>()
            .AddSingleton<SessionStore>()
            .AddSingleton<AuditStore>()
            .AddSingleton<CallerFinder>()
            .AddSingleton<RequestLimits>();
        builder.Services.AddTokens(options);
        // it would log every address with its query, the token of local mode included
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
    }

    /// <summary>The one place where it is decided who reaches which endpoint.</summary>
    public static WebApplication UseAccess(this WebApplication app)
    {
        app.UseLocalEntry();
        var limits = app.Services.GetRequiredService<RequestLimits>();
        var (finder, audit) = (app.Services.GetRequiredService<CallerFinder>(), app.Services.GetRequiredService<AuditStore>());
        var refusals = app.Services.GetRequiredService<RefusalRecord>();
        app.Use(
            (context, next) =>
            {
                var found = finder.FindAsync(context);
                return found.IsCompletedSuccessfully ? Decide(found.Result) : DecideLaterAsync();

                Task Decide(Caller? caller)
                {
                    if (caller is not null)
                        context.User = caller.Principal;
                    return (limits.Refusal(context, caller) ?? Refusal(context, caller, refusals)) is { } refusal
                            ? refusal.ExecuteAsync(context)
                        : IsToRecord(context) ? RecordAsync()
                        : next(context);
                }

                async Task DecideLaterAsync() => await Decide(await found);

                // before the change: what was done without a row in the record does not exist
                async Task RecordAsync()
                {
                    var action = $"{context.Request.Method} {((RouteEndpoint)context.GetEndpoint()!).RoutePattern.RawText}";
                    await audit.AppendAsync(RequestAudit.Of(context, action, context.Request.Path.Value ?? ""), context.RequestAborted);
                    await next(context);
                }
            }
        );
        app.MapSession();
        app.MapOwnAccount();
        app.MapAccounts();
        app.MapAudit();
        return app;
    }

    private static ProblemHttpResult? Refusal(HttpContext context, Caller? caller, RefusalRecord refusals)
    {
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
            // the viewer's files, which hold nothing about the situation, nothing at all, or what is refused by itself (405, 415)
            return null;
        if (caller is not { Kind: CallerKind.Key or CallerKind.Token } && CrossOrigin.IsForbidden(context.Request))
            return Noted(CrossOrigin.Refuse());
        var need = endpoint.Metadata.GetMetadata<RequiredRight>();
        if (need?.Allows(caller) == true)
            return null;
        if (caller is not null)
            return Noted(Problems.From(StatusCodes.Status403Forbidden, new Fault("right-missing", "account", need?.InWords ?? "nobody")));
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Noted(
            Problems.From(
                StatusCodes.Status401Unauthorized,
                new Fault("sign-in-needed", "Authorization", "a session (POST /api/session), an API key or a token")
            )
        );

        ProblemHttpResult Noted(ProblemHttpResult refusal)
        {
            refusals.Note(context, caller, (string)refusal.ProblemDetails.Extensions["code"]!);
            return refusal;
        }
    }

    private static bool IsToRecord(HttpContext context) =>
        !HttpMethods.IsGet(context.Request.Method)
        && !HttpMethods.IsHead(context.Request.Method)
        && !HttpMethods.IsOptions(context.Request.Method)
        && context.GetEndpoint() is RouteEndpoint endpoint
        && endpoint.Metadata.GetMetadata<RequiredRight>() is not null
        && endpoint.Metadata.GetMetadata<NoRecord>() is null;
}
