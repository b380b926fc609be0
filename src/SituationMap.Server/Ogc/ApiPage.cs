using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http.Metadata;
using SituationMap.Server.Access;

namespace SituationMap.Server.Ogc;

/// <summary>The API as a page for people: every path with what it answers, from the same source as the OpenAPI document.</summary>
internal static class ApiPage
{
    public static IEndpointRouteBuilder MapApiPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/openapi", (Delegate)Get).OpenToAll().ExcludeFromDescription();
        return routes;
    }

    private static Task Get(HttpContext context, EndpointDataSource endpoints)
    {
        var operations = endpoints.Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>() is not null && endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)
            .OrderBy(endpoint => endpoint.RoutePattern.RawText, StringComparer.Ordinal)
            .GroupBy(endpoint => endpoint.Metadata.GetMetadata<ITagsMetadata>() is { Tags: [var tag, ..] } ? tag : "Others");
        return OgcPage.WriteAsync(
            context, "The API of SituationMap",
            "<p>Everything below is described for programs in <a href=\"openapi/v1.json\">openapi/v1.json</a> (OpenAPI 3.1), and features and tiles also by <a href=\"ogc?f=html\">OGC API</a>.</p>"
            + string.Concat(operations.OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"<h2>{Text(group.Key)}</h2>" + string.Concat(group.Select(Operation)))));
    }

    private static string Operation(RouteEndpoint endpoint)
    {
        var method = endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is { HttpMethods: [var first, ..] } ? first : "GET";
        var description = endpoint.Metadata.GetMetadata<IEndpointDescriptionMetadata>()?.Description;
        return $"<h3><code>{Text(method)} /{Text(endpoint.RoutePattern.RawText!.TrimStart('/'))}</code></h3><p><strong>{Text(endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()!.Summary)}.</strong> {Text(description ?? "")}</p>";
    }

    private static string Text(string text) => HtmlEncoder.Default.Encode(text);
}
