using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using SituationMap.Server.Access;
using SituationMap.Server.ApiDescription;

namespace SituationMap.Server.Ogc;

/// <summary>The API as a page for people: every operation with its parameters, bodies, answers and examples, out of the OpenAPI
/// document.</summary>
internal static partial class ApiPage
{
    private const string Title = "The API of SituationMap";

    private static readonly JsonSerializerOptions Readable = new(Lookups.LookupTexts.Plain) { WriteIndented = true, IndentSize = 1 };

    public static IEndpointRouteBuilder MapApiPage(this IEndpointRouteBuilder routes)
    {
        // the same for everybody as long as the process lives
        var body = new Lazy<Task<string>>(() =>
            MakeAsync(routes.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(ApiDocument.Name))
        );
        routes
            .MapGet("/openapi", async (HttpContext context) => await OgcPage.WriteAsync(context, Title, await body.Value))
            .OpenToAll()
            .ExcludeFromDescription();
        return routes;
    }

    private static async Task<string> MakeAsync(IOpenApiDocumentProvider provider)
    {
        var document = await provider.GetOpenApiDocumentAsync();
        var json = JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1))!;
        var schemas = json["components"]?["schemas"] as JsonObject ?? [];
        var operations = ((JsonObject)json["paths"]!)
            .SelectMany(path =>
                ((JsonObject)path.Value!)
                    .Where(operation => operation.Value is JsonObject { Count: > 0 })
                    .Select(operation => (Method: operation.Key.ToUpperInvariant(), Path: path.Key, Words: (JsonObject)operation.Value!))
            )
            .OrderBy(operation => operation.Path, StringComparer.Ordinal)
            .GroupBy(operation => operation.Words["tags"]?[0]?.ToString() ?? "Others")
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .ToArray();
        var page = new StringBuilder("<h1>")
            .Append(Title)
            .Append("</h1><p>")
            .Append(Text(json["info"]?["description"]))
            .Append(
                "</p><p>For programs all of this is in <a href=\"openapi/v1.json\">openapi/v1.json</a> (OpenAPI 3.1); features "
                    + "and tiles are also told by <a href=\"ogc?f=html\">OGC API</a>.</p><ul>"
            );
        foreach (var group in operations)
            page.Append("<li><a href=\"#")
                .Append(Anchor(group.Key))
                .Append("\">")
                .Append(Text(group.Key))
                .Append("</a>: ")
                .Append(Text((json["tags"] as JsonArray)?.FirstOrDefault(tag => tag!["name"]!.ToString() == group.Key)?["description"]))
                .Append("</li>");
        page.Append("</ul>");
        foreach (var group in operations)
        {
            page.Append("<h2 id=\"").Append(Anchor(group.Key)).Append("\">").Append(Text(group.Key)).Append("</h2>");
            foreach (var (method, path, words) in group)
                AddOperation(page, method, path, words, schemas);
        }
        return page.ToString();
    }

    private static void AddOperation(StringBuilder page, string method, string path, JsonObject words, JsonObject schemas)
    {
        page.Append("<details id=\"")
            .Append(Text(words["operationId"]))
            .Append("\"><summary><code>")
            .Append(method)
            .Append(' ')
            .Append(Text(path))
            .Append("</code> ")
            .Append(Text(words["summary"]))
            .Append("</summary><p>")
            .Append(Text(words["description"]))
            .Append("</p>");
        if (words["parameters"] is JsonArray { Count: > 0 } parameters)
        {
            page.Append("<h3>Parameters</h3><table><tr><th>name</th><th>in</th><th>type</th><th>meaning</th><th>example</th></tr>");
            foreach (var parameter in parameters.Select(parameter => (JsonObject)parameter!))
            {
                page.Append("<tr><td><code>")
                    .Append(Text(parameter["name"]))
                    .Append("</code></td><td>")
                    .Append(Text(parameter["in"]))
                    .Append(parameter["required"]?.GetValue<bool>() == true ? ", needed" : "")
                    .Append("</td><td>")
                    .Append(Text(TypeOf(parameter["schema"])))
                    .Append("</td><td>")
                    .Append(Text(parameter["description"]))
                    .Append("</td><td>")
                    .Append(Text(parameter["example"]))
                    .Append("</td></tr>");
            }
            page.Append("</table>");
        }
        if (words["requestBody"]?["content"] is JsonObject sent)
        {
            page.Append("<h3>Body</h3>");
            AddContent(page, sent, schemas);
        }
        if (words["responses"] is not JsonObject answers)
            return;
        page.Append("<h3>Answers</h3><table><tr><th>status</th><th>meaning</th><th>as</th></tr>");
        foreach (var (status, answer) in answers.OrderBy(answer => answer.Key, StringComparer.Ordinal))
            page.Append("<tr><td>")
                .Append(Text(status))
                .Append("</td><td>")
                .Append(Text(answer!["description"]))
                .Append("</td><td>")
                .Append(Text(string.Join(", ", (answer["content"] as JsonObject ?? []).Select(content => content.Key))))
                .Append("</td></tr>");
        page.Append("</table>");
        foreach (var (_, answer) in answers.Where(answer => answer.Key[0] == '2'))
            AddContent(page, answer!["content"] as JsonObject ?? [], schemas);
        page.Append("</details>");
    }

    /// <summary>The fields of what is sent or answered, once, and an example in each of its forms.</summary>
    private static void AddContent(StringBuilder page, JsonObject content, JsonObject schemas)
    {
        if (
            content
                .Select(form => Resolve(form.Value?["schema"], schemas))
                .FirstOrDefault(schema => schema?["properties"] is JsonObject { Count: > 0 }) is
            { } fields
        )
        {
            page.Append("<table><tr><th>field</th><th>type</th><th>meaning</th></tr>");
            foreach (var (name, schema) in (JsonObject)fields["properties"]!)
                page.Append("<tr><td><code>")
                    .Append(Text(name))
                    .Append("</code></td><td>")
                    .Append(Text(TypeOf(schema)))
                    .Append("</td><td>")
                    .Append(Text(schema!["description"]))
                    .Append("</td></tr>");
            page.Append("</table>");
        }
        foreach (var (type, form) in content)
        {
            if (form?["example"] is { } example)
                page.Append("<p><code>")
                    .Append(Text(type))
                    .Append("</code></p><pre>")
                    .Append(
                        Text(
                            example is JsonValue text && text.GetValueKind() == JsonValueKind.String
                                ? text.GetValue<string>()
                                : OfPosition().Replace(example.ToJsonString(Readable), "[${first}, ${second}]")
                        )
                    )
                    .Append("</pre>");
        }
    }

    /// <summary>Two numbers by themselves: a position, which is read on one line.</summary>
    [GeneratedRegex(
        """\[\s+(?<first>-?[0-9.]+),\s+(?<second>-?[0-9.]+)\s+\]""",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
    )]
    private static partial Regex OfPosition();

    /// <summary>The object that is described: itself, by reference, or what a list has.</summary>
    private static JsonNode? Resolve(JsonNode? schema, JsonObject schemas)
    {
        for (var steps = 0; steps < 5 && schema is not null; steps++)
        {
            if (schema["$ref"] is { } name)
                schema = schemas[name.ToString().Split('/')[^1]];
            else if (schema["items"] is { } items)
                schema = items;
            else
                break;
        }
        return schema;
    }

    private static string TypeOf(JsonNode? schema) =>
        schema switch
        {
            null => "",
            _ when schema["$ref"] is { } name => name.ToString().Split('/')[^1],
            _ when schema["oneOf"] is JsonArray choices => string.Join(" or ", choices.Select(TypeOf)),
            _ when schema["items"] is { } items => $"list of {TypeOf(items)}",
            _ when schema["type"] is JsonArray types => string.Join(" or ", types.Select(type => type!.ToString())) + Format(schema),
            _ => (schema["type"]?.ToString() ?? "") + Format(schema),
        };

    private static string Format(JsonNode schema) => schema["format"] is { } format ? $" ({format})" : "";

    private static string Anchor(string tag) => Text(tag.Replace(' ', '-'));

    private static string Text(object? text) => HtmlEncoder.Default.Encode(text?.ToString() ?? "");
}
