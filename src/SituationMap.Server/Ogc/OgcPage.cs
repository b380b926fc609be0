using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;

namespace SituationMap.Server.Ogc;

/// <summary>An answer as a page for people: its words, what it leads to, and its features as a table. No script, no style within.</summary>
internal static class OgcPage
{
    private const string ContentSecurityPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    public const string Style =
        """
        :root { color-scheme: light dark; --ground: #F4F2EC; --panel: #FFFFFF; --text: #1E2328; --second: #5B646D; --line: #DED9CD; --link: #2166AC; }
        @media (prefers-color-scheme: dark) { :root { --ground: #12161B; --panel: #1B2127; --text: #E8ECEF; --second: #9AA5AF; --line: #262D35; --link: #5BA9EE; } }
        body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif; }
        main { max-width: 72rem; margin: 2rem auto; padding: 1.5rem 2rem; background: var(--panel); border-radius: 8px; }
        h1 { margin: 0 0 .25rem; font-size: 1.6rem; } h3 { margin: 1rem 0 0; font-size: 13px; } h2 { margin: 1.5rem 0 .25rem; font-size: 1.1rem; } p { margin: .25rem 0 .75rem; color: var(--second); }
        a { color: var(--link); } ul { padding-left: 1.2rem; } .table { overflow-x: auto; }
        table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; } th, td { padding: .35rem .75rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
        details { padding: .5rem 0; border-bottom: 1px solid var(--line); overflow-x: auto; } summary { cursor: pointer; } details td { white-space: normal; vertical-align: top; }
        pre { max-height: 24rem; margin: 0 0 .75rem; padding: .75rem 1rem; overflow: auto; border-radius: 4px; background: var(--ground); font-size: 13px; line-height: 1.4; }
        th { color: var(--second); font-weight: 600; } code { font-size: 13px; overflow-wrap: anywhere; } td code { overflow-wrap: normal; }
        """;

    public static Task WriteAsync(HttpContext context, JsonObject answer)
    {
        var page = new StringBuilder();
        if ((answer["description"] ?? answer["properties"]?["description"]) is JsonValue description)
            page.Append("<p>").Append(Text(description)).Append("</p>");
        if (answer["features"] is JsonArray features)
            AddFeatures(page, features, context.Request.PathBase + context.Request.Path);
        else if (answer["geometry"] is not null)
            AddProperties(page, (JsonObject)answer["properties"]!);
        else if (answer["properties"] is JsonObject schema)
            AddSchema(page, schema);
        foreach (var list in (string[])["collections", "tilesets", "tileMatrixSets"])
        {
            foreach (var part in answer[list] as JsonArray ?? [])
            {
                page.Append("<h2>").Append(Text(Title((JsonObject)part!))).Append("</h2>");
                if (part!["description"] is { } words)
                    page.Append("<p>").Append(Text(words)).Append("</p>");
                AddLinks(page, part["links"] as JsonArray ?? []);
            }
        }
        if (answer["conformsTo"] is JsonArray classes)
            page.Append("<ul>").AppendJoin("", classes.Select(name => $"<li><code>{Text(name)}</code></li>")).Append("</ul>");
        page.Append("<h2>Links</h2>");
        AddLinks(page, answer["links"] as JsonArray ?? []);
        return WriteAsync(context, Title(answer), page.ToString());
    }

    /// <param name="body">HTML.</param>
    public static Task WriteAsync(HttpContext context, string title, string body)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        return context.Response.WriteAsync(
            $"""
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{Text(title)}</title>
            <link rel="stylesheet" href="{Text(context.Request.PathBase)}/ogc/style.css"><main><h1>{Text(title)}</h1>{body}</main></html>
            """, context.RequestAborted);
    }

    private static string Title(JsonObject answer) => (answer["title"] ?? answer["id"])?.ToString() ?? (answer["features"] is null ? "SituationMap" : "Features");

    private static void AddFeatures(StringBuilder page, JsonArray features, string path)
    {
        page.Append("<p>").Append(features.Count).Append(" features on this page</p>");
        if (features.Count == 0)
            return;
        page.Append("<div class=\"table\"><table><tr><th>id</th>").AppendJoin("", ((JsonObject)features[0]!["properties"]!).Select(property => $"<th>{Text(property.Key)}</th>")).Append("</tr>");
        foreach (var feature in features)
        {
            var id = feature!["id"]!.ToString();
            page.Append("<tr><td><a href=\"").Append(Text($"{path}/{Uri.EscapeDataString(id)}?f=html")).Append("\">").Append(Text(id)).Append("</a></td>")
                .AppendJoin("", ((JsonObject)feature["properties"]!).Select(property => $"<td>{Text(property.Value)}</td>")).Append("</tr>");
        }
        page.Append("</table></div>");
    }

    private static void AddProperties(StringBuilder page, JsonObject properties) =>
        page.Append("<table>").AppendJoin("", properties.Select(property => $"<tr><th>{Text(property.Key)}</th><td>{Text(property.Value)}</td></tr>")).Append("</table>");

    private static void AddSchema(StringBuilder page, JsonObject schema) =>
        page.Append("<table>").AppendJoin("", schema.Select(property => $"<tr><th>{Text(property.Key)}</th><td>{Text(property.Value?["title"])}</td><td>{Text(property.Value?["type"] ?? property.Value?["format"])}</td></tr>")).Append("</table>");

    private static void AddLinks(StringBuilder page, JsonArray links) =>
        page.Append("<ul>").AppendJoin("", links.Where(link => link!["templated"] is null)
            .Select(link => $"<li><a rel=\"{Text(link!["rel"])}\" href=\"{Text(link["href"])}\">{Text(link["title"] ?? link["rel"])}</a></li>")).Append("</ul>");

    private static string Text(object? value) => HtmlEncoder.Default.Encode(value?.ToString() ?? "");
}
