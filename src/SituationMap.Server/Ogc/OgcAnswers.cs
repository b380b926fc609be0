using System.Text.Json.Nodes;
using Microsoft.Net.Http.Headers;
using SituationMap.Core;
using SituationMap.Server.Http;

namespace SituationMap.Server.Ogc;

/// <summary>Links, and answers as JSON or as a page for people.</summary>
internal static class OgcAnswers
{
    public const string Json = "application/json";
    public const string GeoJson = "application/geo+json";
    public const string MergePatch = "application/merge-patch+json";
    public const string Schema = "application/schema+json";
    public const string Html = "text/html";

    /// <summary>Where the API begins, as the client sees it.</summary>
    public static string Root(HttpRequest request) => request.Root() + "/ogc";

    public static JsonObject Link(string href, string rel, string type, string title) =>
        new()
        {
            ["href"] = href,
            ["rel"] = rel,
            ["type"] = type,
            ["title"] = title,
        };

    /// <summary>The links to this very resource, and to its other form.</summary>
    public static JsonObject[] Self(HttpRequest request, string type)
    {
        var html = WantsHtml(request);
        string Of(string form) =>
            request.Root()
            + request.Path
            + QueryString.Create(request.Query.Where(parameter => parameter.Key != "f").Append(new("f", form)));
        return
        [
            Link(Of("json"), html ? "alternate" : "self", type, "This document"),
            Link(Of("html"), html ? "self" : "alternate", Html, "This document as a page"),
        ];
    }

    /// <summary>Whether a page for people is asked for: by f=, else by Accept.</summary>
    public static bool WantsHtml(HttpRequest request) =>
        request.Query["f"].ToString() switch
        {
            "html" => true,
            "json" => false,
            _ => MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
                && accepted
                    .OrderByDescending(type => type.Quality ?? 1)
                    .Select(type => type.MediaType.Value)
                    .FirstOrDefault(type => type is Html or Json or GeoJson or Schema or "*/*") == Html,
        };

    /// <summary>What is wrong with f=.</summary>
    public static Fault? CheckForm(HttpRequest request) =>
        request.Query.TryGetValue("f", out var form) ? Problems.UnlessOneOf("f", form.ToString(), ["json", "html"]) : null;

    public static Task AnswerAsync(HttpContext context, JsonObject answer, string type = Json)
    {
        if (CheckForm(context.Request) is { } fault)
            return Problems.BadRequest(fault).ExecuteAsync(context);
        context.Response.Headers.CacheControl = "no-cache";
        if (WantsHtml(context.Request))
            return OgcPage.WriteAsync(context, answer);
        context.Response.ContentType = type;
        return context.Response.WriteAsync(answer.ToJsonString(Lookups.LookupTexts.Plain), context.RequestAborted);
    }
}
