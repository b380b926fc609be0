using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using SituationMap.Server.Http;

namespace SituationMap.Server.Ogc;

/// <summary>An answer as a page for people: its words, what it leads to, and its features as a table. No script, no style within.</summary>
internal static class OgcPage
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    public const string Style = """
        :root { color-scheme: light dark; --ground: #F4F2EC; --panel: #FFFFFF; --text: #1E2328;
          --second: #5B646D; --line: #DED9CD; --link: #2166AC; }
        @media (prefers-color-scheme: dark) {
          :root { --ground: #12161B; --panel: #1B2127; --text: #E8ECEF; --second: #9AA5AF; --line: #262D35; --link: #5BA9EE; } }
        body { margin: 0; background: var(--ground); color: var(--text);
          font: 15px/1.5 "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif; }
        main { max-width: 72rem; margin: 2rem auto; padding: 1.5rem 2rem; background: var(--panel); border-radius: 8px; }
        h1 { margin: 0 0 .25rem; font-size: 1.6rem; } h3 { margin: 1rem 0 0; font-size: 13px; }
        h2 { margin: 1.5rem 0 .25rem; font-size: 1.1rem; } p { margin: .25rem 0 .75rem; color: var(--second); }
        a { color: var(--link); } ul { padding-left: 1.2rem; }
        ul.row { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0; list-style: none; }
        nav { font-size: 13px; color: var(--second); } .table { overflow-x: auto; }
        table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
        th, td { padding: .35rem .75rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
        details { padding: .5rem 0; border-bottom: 1px solid var(--line); overflow-x: auto; } summary { cursor: pointer; }
        summary code { margin-right: .5rem; } details td { white-space: normal; vertical-align: top; }
        pre { max-height: 24rem; margin: 0 0 .75rem; padding: .75rem 1rem; overflow: auto;
          border-radius: 4px; background: var(--ground); font-size: 13px; line-height: 1.4; }
        th { color: var(--second); font-weight: 600; } code { font-size: 13px; overflow-wrap: anywhere; } td code { overflow-wrap: normal; }
        """;

    public static Task WriteAsync(HttpContext context, JsonObject answer)
    {
        var page = new StringBuilder();
        AddWayUp(page, context.Request);
        page.Append("<h1>").Append(Text(Title(answer))).Append("</h1>");
        if ((answer["description"] ?? answer["properties"]?["description"]) is JsonValue description)
            page.Append("<p>").Append(Text(description)).Append("</p>");
        if (answer["features"] is JsonArray features)
            AddFeatures(page, features, context.Request.Here());
        else if (answer["geometry"] is { } geometry)
            AddProperties(page, (JsonObject)answer["properties"]!, geometry);
        else if (answer["properties"] is JsonObject schema)
            AddSchema(page, schema);
        foreach (var list in (string[])["collections", "tilesets", "tileMatrixSets"])
        {
            foreach (var part in answer[list] as JsonArray ?? [])
            {
                var self = (part!["links"] as JsonArray ?? []).FirstOrDefault(link => link!["rel"]!.ToString() == "self")?["href"];
                page.Append("<h2>")
                    .Append(self is null ? Text(Title((JsonObject)part)) : $"<a href=\"{Text(self)}\">{Text(Title((JsonObject)part))}</a>")
                    .Append("</h2>");
                if (part["description"] is { } words)
                    page.Append("<p>").Append(Text(words)).Append("</p>");
                AddLinks(page, part["links"], "row");
            }
        }
        if (answer["conformsTo"] is JsonArray classes)
            page.Append("<ul>").AppendJoin("", classes.Select(name => $"<li><code>{Text(name)}</code></li>")).Append("</ul>");
        AddLinks(page, answer["links"], "", "<h2>Links</h2>");
        return WriteAsync(context, Title(answer), page.ToString());
    }

    /// <param name="body">HTML.</param>
    public static Task WriteAsync(HttpContext context, string title, string body)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        return context.Response.WriteAsync(
            $"""
            <!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{Text(
                title
            )}</title>
            <link rel="stylesheet" href="{Text(context.Request.Below("/ogc/style.css"))}"><main>{body}</main></html>
            """,
            context.RequestAborted
        );
    }

    private static string Title(JsonObject answer) =>
        (answer["title"] ?? answer["id"])?.ToString() ?? (answer["features"] is null ? "SituationMap" : "Features");

    /// <summary>Where the page lies, each step a link.</summary>
    private static void AddWayUp(StringBuilder page, HttpRequest request)
    {
        var steps = request.Path.Value!.Trim('/').Split('/');
        if (steps.Length < 2)
            return;
        page.Append("<nav>");
        for (var end = 1; end < steps.Length; end++)
            page.Append("<a href=\"")
                .Append(Text(request.Below($"/{string.Join('/', steps[..end].Select(Uri.EscapeDataString))}?f=html")))
                .Append("\">")
                .Append(end == 1 ? "OGC API" : Text(steps[end - 1]))
                .Append("</a> › ");
        page.Append(Text(steps[^1])).Append("</nav>");
    }

    private static void AddFeatures(StringBuilder page, JsonArray features, string path)
    {
        page.Append("<p>").Append(features.Count).Append(" features on this page</p>");
        if (features.Count == 0)
            return;
        page.Append("<div class=\"table\"><table><tr><th>id</th>")
            .AppendJoin("", ((JsonObject)features[0]!["properties"]!).Select(property => $"<th>{Text(property.Key)}</th>"))
            .Append("</tr>");
        foreach (var feature in features)
        {
            var id = feature!["id"]!.ToString();
            page.Append("<tr><td><a href=\"")
                .Append(Text($"{path}/{Uri.EscapeDataString(id)}?f=html"))
                .Append("\">")
                .Append(Text(id))
                .Append("</a></td>")
                .AppendJoin("", ((JsonObject)feature["properties"]!).Select(property => $"<td>{Text(property.Value)}</td>"))
                .Append("</tr>");
        }
        page.Append("</table></div>");
    }

    private static void AddProperties(StringBuilder page, JsonObject properties, JsonNode geometry) =>
        page.Append("<table>")
            .AppendJoin(
                "",
                properties
                    .Append(new("geometry", geometry))
                    .Select(property => $"<tr><th>{Text(property.Key)}</th><td>{Text(property.Value)}</td></tr>")
            )
            .Append("</table>");

    private static void AddSchema(StringBuilder page, JsonObject schema) =>
        page.Append("<div class=\"table\"><table><tr><th>name</th><th>meaning</th><th>type</th><th>one of</th><th></th></tr>")
            .AppendJoin(
                "",
                schema
                    .Select(property => (property.Key, Value: (JsonObject)property.Value!))
                    .Select(property =>
                        $"<tr><th>{Text(property.Key)}</th><td>{Text(property.Value["title"])}</td>"
                        + $"<td>{Text(property.Value["format"] ?? property.Value["type"])}</td>"
                        + $"<td>{Text(string.Join(", ", property.Value["enum"] as JsonArray ?? []))}</td>"
                        + $"<td>{(property.Value["readOnly"] is null ? "" : "read only")}</td></tr>"
                    )
            )
            .Append("</table></div>");

    /// <summary>What a page leads to, each address once; of itself only its other form.</summary>
    private static void AddLinks(StringBuilder page, JsonNode? links, string style, string heading = "")
    {
        var others = (links as JsonArray ?? [])
            .Select(link => (JsonObject)link!)
            .Where(link => link["templated"] is null && link["rel"]!.ToString() != "self")
            .DistinctBy(link => link["href"]!.ToString())
            .ToArray();
        if (others.Length > 0)
            page.Append(heading)
                .Append("<ul class=\"")
                .Append(style)
                .Append("\">")
                .AppendJoin(
                    "",
                    others.Select(link =>
                    {
                        var words =
                            link["rel"]!.ToString() == "alternate" ? "The same as JSON" : (link["title"] ?? link["rel"])!.ToString();
                        return $"<li><a rel=\"{Text(link["rel"])}\" href=\"{Text(link["href"])}\">{Text(words)}</a></li>";
                    })
                )
                .Append("</ul>");
    }

    private static string Text(object? value) => HtmlEncoder.Default.Encode(value?.ToString() ?? "");
}
