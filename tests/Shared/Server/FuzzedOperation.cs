using System.Text.Json;

namespace SituationMap.Testing;

/// <param name="In">path, query or header.</param>
/// <param name="Example">As described; null: none is.</param>
public sealed record FuzzedParameter(string Name, string In, string? Example);

/// <summary>A method and path, with what can be said of it.</summary>
/// <param name="Bodies">An example for each media type that it takes: JSON as it stands, anything else as text.</param>
public sealed record FuzzedOperation(
    string Method,
    string Path,
    IReadOnlyList<FuzzedParameter> Parameters,
    IReadOnlyList<(string Type, string Example)> Bodies
)
{
    /// <summary>What the description leaves out.</summary>
    public static readonly IReadOnlyList<FuzzedOperation> Beside =
    [
        .. new[]
        {
            "/",
            "/metrics",
            "/healthz/live",
            "/healthz/ready",
            "/openapi",
            "/openapi/v1.json",
            "/openapi/{documentName}.json",
            "/ogc/style.css",
            "/api/zones/notice.css",
            "/hangfire/{path}",
            "/hangfire/stats",
            "/s/{token}",
            "/no/such/{path}",
        }.Select(path => new FuzzedOperation(
            "GET",
            path,
            [
                .. path.Split('{', '}').Where((_, index) => index % 2 == 1).Select(name => new FuzzedParameter(name, "path", null)),
                new FuzzedParameter("f", "query", null),
            ],
            []
        )),
        new(
            "POST",
            "/s/{token}",
            [new FuzzedParameter("token", "path", null), new FuzzedParameter("lang", "query", "en")],
            [("application/x-www-form-urlencoded", "kind=need&what=food&urgency=now")]
        ),
    ];

    /// <summary>Whether it answers people, whatever is wrong.</summary>
    public bool IsPage => Path == "/s/{token}";

    /// <summary>Whether the answer goes on for ever, or is a file of the whole store.</summary>
    public bool IsStream => Path == "/api/live" || Path.StartsWith("/api/exports/", StringComparison.Ordinal);

    /// <summary>All operations of an OpenAPI document.</summary>
    public static IEnumerable<FuzzedOperation> Of(JsonElement description)
    {
        foreach (var path in description.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(operation => operation.Value.ValueKind == JsonValueKind.Object))
            {
                var parameters = operation.Value.TryGetProperty("parameters", out var listed)
                    ? listed
                        .EnumerateArray()
                        .Select(parameter => new FuzzedParameter(
                            parameter.GetProperty("name").GetString()!,
                            parameter.GetProperty("in").GetString()!,
                            parameter.TryGetProperty("example", out var example) ? example.ToString() : null
                        ))
                    : [];
                var bodies = operation.Value.TryGetProperty("requestBody", out var body)
                    ? body.GetProperty("content")
                        .EnumerateObject()
                        .Select(content =>
                            (
                                content.Name,
                                !content.Value.TryGetProperty("example", out var example) ? "{}"
                                : example.ValueKind == JsonValueKind.String ? example.GetString()!
                                : example.GetRawText()
                            )
                        )
                    : [];
                yield return new FuzzedOperation(operation.Name.ToUpperInvariant(), path.Name, [.. parameters], [.. bodies]);
            }
        }
    }
}
