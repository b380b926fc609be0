using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SituationMap.Server.Http;

internal static class HttpServices
{
    /// <summary>What every endpoint shares: the form of JSON, of errors, and of the API's description.</summary>
    public static IServiceCollection AddHttp(this IServiceCollection services)
    {
        services.TryAddClock();
        services.AddProblems();
        services.AddOpenApi("v1");
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
            // Chinese stays readable; the answers are JSON of their own, never part of a page
            options.SerializerOptions.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        });
        return services;
    }

    public static WebApplication UseHttp(this WebApplication app)
    {
        // a request that the framework could not read is the client's fault, not an internal error
        app.UseExceptionHandler(new ExceptionHandlerOptions
        {
            StatusCodeSelector = failure => failure is BadHttpRequestException malformed ? malformed.StatusCode : StatusCodes.Status500InternalServerError,
        });
        app.UseFreshness();
        app.UseStatusCodePages();
        app.MapOpenApi();
        app.MapHealth();
        return app;
    }

    private static void TryAddClock(this IServiceCollection services) =>
        Microsoft.Extensions.DependencyInjection.Extensions.ServiceCollectionDescriptorExtensions.TryAddSingleton(services, TimeProvider.System);
}
