using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SituationMap.Core;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Http;

internal static class Problems
{
    public static ProblemHttpResult BadRequest(Fault fault) => From(StatusCodes.Status400BadRequest, fault);

    /// <summary>The fault of a parameter that takes one of a few values; null where it is absent or one of them.</summary>
    public static Fault? UnlessOneOf(string field, string? value, IEnumerable<string> known) =>
        value is null || known.Contains(value) ? null : new Fault("value-wrong", field, $"one of {string.Join(", ", known)}");

    public static ProblemHttpResult NotFound(string field, string expected) =>
        From(StatusCodes.Status404NotFound, new Fault("not-found", field, expected));

    public static ProblemHttpResult From(int status, Fault fault, IEnumerable<KeyValuePair<string, object?>>? more = null)
    {
        var problem = new ProblemDetails { Status = status, Title = $"{fault.Field}: expected {fault.Expected}" };
        problem.Extensions["code"] = fault.Code;
        problem.Extensions["field"] = fault.Field;
        problem.Extensions["expected"] = fault.Expected;
        foreach (var (key, value) in more ?? [])
            problem.Extensions[key] = value;
        return TypedResults.Problem(problem);
    }

    /// <summary>Too many ask at once: another try in a moment.</summary>
    public static ProblemHttpResult Unavailable() =>
        TypedResults.Problem(new ProblemDetails { Status = StatusCodes.Status503ServiceUnavailable });

    /// <summary>Gives what the framework answers by itself (unknown path, body too large, unexpected failure) a code as well.</summary>
    public static IServiceCollection AddProblems(this IServiceCollection services) =>
        services.AddProblemDetails(Describe).AddSingleton<IProblemDetailsWriter, UnaskedWriter>();

    private static void Describe(ProblemDetailsOptions options) =>
        options.CustomizeProblemDetails = context =>
        {
            var problem = context.ProblemDetails;
            SecurityHeaders.Apply(context.HttpContext);
            problem.Extensions.Remove("exception");
            if (problem.Status == StatusCodes.Status503ServiceUnavailable)
                context.HttpContext.Response.Headers.RetryAfter = Overload.RetryAfter;
            if (problem.Extensions.ContainsKey("code"))
                return;
            var fault = problem.Status switch
            {
                StatusCodes.Status400BadRequest when context.Exception?.InnerException is JsonException { Path: { } path } => new Fault(
                    "request-malformed",
                    path.TrimStart('$').TrimStart('.') is { Length: > 0 } field ? field : "body",
                    "a value in JSON as /openapi/v1.json describes it there"
                ),
                StatusCodes.Status400BadRequest => new Fault("request-malformed", "request", "a request as /openapi/v1.json describes it"),
                StatusCodes.Status404NotFound => new Fault("not-found", "path", "a path that /openapi/v1.json lists"),
                StatusCodes.Status405MethodNotAllowed => new Fault(
                    "method-not-allowed",
                    "method",
                    "a method that /openapi/v1.json lists for this path"
                ),
                StatusCodes.Status413PayloadTooLarge => new Fault("body-too-large", "body", "a smaller body"),
                StatusCodes.Status415UnsupportedMediaType => new Fault(
                    "media-type-unsupported",
                    "Content-Type",
                    "a media type that /openapi/v1.json lists for this path"
                ),
                StatusCodes.Status503ServiceUnavailable => new Fault(
                    "unavailable",
                    "request",
                    context.Exception is { } failure && StoreFailure.Describe(failure) is { } why
                        ? $"another try in a moment, for {why}"
                        : "another try in a moment"
                ),
                _ => new Fault("internal", "request", "nothing else: the fault is ours, and is in the server's log under the traceId"),
            };
            problem.Extensions["code"] = fault.Code;
            problem.Extensions["field"] = fault.Field;
            problem.Extensions["expected"] = fault.Expected;
        };

    /// <summary>Writes a problem also to clients that accept none: it has no other form.</summary>
    private sealed class UnaskedWriter : IProblemDetailsWriter
    {
        public bool CanWrite(ProblemDetailsContext context) => context.HttpContext.Request.Headers.Accept.Count > 0;

        public ValueTask WriteAsync(ProblemDetailsContext context)
        {
            // the framework's own writer, which comes first, is asked again
            context.HttpContext.Request.Headers.Remove("Accept");
            return context.HttpContext.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(context);
        }
    }
}
