using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SituationMap.Core;
using SituationMap.Core.Json;
using SituationMap.Server.Access;
using SituationMap.Server.ApiDescription;
using SituationMap.Server.Http;
using SituationMap.Store.Database;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Hosting;

internal static class HttpServices
{
    /// <summary>What every endpoint shares: the form of JSON, of errors, and of the API's description.</summary>
    public static IServiceCollection AddHttp(this IServiceCollection services, PostgisStore store)
    {
        services.TryAddClock();
        services.AddProblems();
        services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(kestrel => kestrel.AddServerHeader = false);
        services.AddOverload(store);
        services.AddMeters();
        services.AddListedOrigins();
        services.AddCompression();
        services.AddApiDocument();
        // what the framework could not read comes to the exception handler, so that the field is told
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
            options.SerializerOptions.Converters.Add(new StorableTextConverter());
            // Chinese stays readable; the answers are JSON of their own, never part of a page
            options.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
        return services;
    }

    public static WebApplication UseHttp(this WebApplication app)
    {
        app.UseProxies();
        app.UsePublicAddress();
        app.UseSecurityHeaders();
        // the store's own probe says once why it is away, and what could not be read is the client's fault: a stack for each request tells
        // nothing more
        app.UseExceptionHandler(
            new ExceptionHandlerOptions
            {
                StatusCodeSelector = StatusOf,
                SuppressDiagnosticsCallback = failed =>
                    failed.Exception is BadHttpRequestException || StoreFailure.IsPassing(failed.Exception),
            }
        );
        app.RefuseUnstorableText();
        app.UseCompression();
        app.UseFreshness();
        app.UseStatusCodePages();
        app.UseListedOrigins();
        app.UseAccess();
        app.CheckQueryParameters();
        app.UseOverload();
        app.MapApiDocument();
        app.MapHealth();
        app.MapMetrics();
        return app;
    }

    /// <summary>U+0000 means nothing in any parameter, and PostgreSQL takes no text with it.</summary>
    private static void RefuseUnstorableText(this WebApplication app) =>
        app.Use(
            (context, next) =>
                context.Request.QueryString.HasValue && context.Request.QueryString.Value!.Contains("%00", StringComparison.Ordinal)
                    ? Problems.BadRequest(new Fault("text-invalid", "query", "text without U+0000")).ExecuteAsync(context)
                    : next(context)
        );

    private static int StatusOf(Exception failure) =>
        failure switch
        {
            BadHttpRequestException malformed => malformed.StatusCode, // the framework could not read it: the client's fault
            _ when StoreFailure.IsPassing(failure) => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };

    private static void TryAddClock(this IServiceCollection services) =>
        Microsoft.Extensions.DependencyInjection.Extensions.ServiceCollectionDescriptorExtensions.TryAddSingleton(
            services,
            TimeProvider.System
        );
}
