using SituationMap.Server.Database;
using SituationMap.Server.Http;

namespace SituationMap.Server.Access;

internal static class AccessServices
{
    public static WebApplicationBuilder AddAccess(this WebApplicationBuilder builder, Store store)
    {
        var wanted = SituationMapOptions.Read(builder.Configuration).LocalMode;
        builder.Services.AddSingleton(LocalMode.Decide(builder.Configuration, wanted, isEmbedded: store.Embedded is not null));
        return builder;
    }

    /// <summary>The one place where it is decided who reaches which endpoint.</summary>
    public static WebApplication UseAccess(this WebApplication app)
    {
        var local = app.Services.GetRequiredService<LocalMode>();
        app.Use((context, next) =>
        {
            if (local.Covers(context))
                context.User = Caller.Local.Principal;
            return Refusal(context) is { } refusal ? refusal.ExecuteAsync(context) : next(context);
        });
        return app;
    }

    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult? Refusal(HttpContext context)
    {
        if (context.GetEndpoint() is not { } endpoint)
            return null; // the viewer's files, which hold nothing about the situation, or nothing at all
        var caller = context.Caller();
        if (caller is { Kind: CallerKind.Local } && CrossOrigin.IsForbidden(context.Request))
            return CrossOrigin.Refuse();
        var need = endpoint.Metadata.GetMetadata<Need>();
        if (need is { Right: null } || (need?.Right is { } right && caller?.May(right) == true))
            return null;
        if (caller is not null)
            return Problems.From(StatusCodes.Status403Forbidden, new Fault("right-missing", "account", $"the right {need?.Right?.ToString() ?? "of nobody"}, which {caller.Name} has not been granted"));
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Problems.From(StatusCodes.Status401Unauthorized, new Fault("sign-in-needed", "Authorization", "a session (POST /api/session), an API key or a token"));
    }
}
