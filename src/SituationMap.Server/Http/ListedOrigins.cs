using Microsoft.AspNetCore.Cors;
using Microsoft.Net.Http.Headers;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Http;

/// <summary>
/// Pages of other sites that may ask for what is marked with <see cref="OpenToListedOrigins"/> (CORS): those that <c>SituationMap:Cors</c>
/// lists, and with an API key or a token, for no cookie is sent along. Without such a list no request is looked at.
/// </summary>
internal static class ListedOrigins
{
    private const string Policy = "listed origins";

    /// <summary>How long a browser need not ask again whether it may.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    /// <summary>The symbols of the style, which the viewer's files bring.</summary>
    private const string Sprites = "/styles/sprite";

    public static IServiceCollection AddListedOrigins(this IServiceCollection services)
    {
        services.AddCors();
        services
            .AddOptions<Microsoft.AspNetCore.Cors.Infrastructure.CorsOptions>()
            .Configure<SituationMapOptions>(
                (cors, options) =>
                    cors.AddPolicy(Policy, policy =>
                        policy
                            .WithOrigins([.. options.Cors])
                            .WithMethods(
                                HttpMethods.Get,
                                HttpMethods.Head,
                                HttpMethods.Post,
                                HttpMethods.Put,
                                HttpMethods.Patch,
                                HttpMethods.Delete
                            )
                            .WithHeaders(
                                HeaderNames.Authorization,
                                HeaderNames.Accept,
                                HeaderNames.ContentType,
                                HeaderNames.IfNoneMatch,
                                HeaderNames.IfMatch,
                                HeaderNames.CacheControl,
                                "Content-Crs"
                            )
                            .WithExposedHeaders(
                                HeaderNames.ETag,
                                HeaderNames.Age,
                                HeaderNames.Warning,
                                HeaderNames.RetryAfter,
                                HeaderNames.Location,
                                "Content-Crs",
                                "Situation-Sequence"
                            )
                            .SetPreflightMaxAge(Remembered)
                    )
            );
        return services;
    }

    /// <summary>Before it is asked who the caller is: a browser asks without a key whether it may send one.</summary>
    public static WebApplication UseListedOrigins(this WebApplication app)
    {
        if (!IsAny(app.Services))
            return app;
        app.UseCors();
        app.UseWhen(
            context => context.Request.Path.Value?.StartsWith(Sprites, StringComparison.Ordinal) == true,
            sprites => sprites.UseCors(Policy)
        );
        return app;
    }

    /// <summary>Lets pages of the listed origins read what this answers.</summary>
    public static TBuilder OpenToListedOrigins<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(static endpoint =>
        {
            if (IsAny(endpoint.ApplicationServices))
                endpoint.Metadata.Add(new EnableCorsAttribute(Policy));
        });
        return builder;
    }

    private static bool IsAny(IServiceProvider services) => services.GetRequiredService<SituationMapOptions>().Cors.Count > 0;
}
