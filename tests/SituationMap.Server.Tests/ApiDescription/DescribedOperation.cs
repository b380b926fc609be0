using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using SituationMap.Server.ApiDescription;

namespace SituationMap.Server.Tests.ApiDescription;

/// <summary>An operation as the description has it, and how to ask for it as its examples do.</summary>
internal sealed record DescribedOperation(string Id, string Method, string Path, JsonNode Words)
{
    /// <summary>What a real answer is to have in place of the description's own example, by the name of the parameter.</summary>
    public sealed record With(params (string Name, string Value)[] Values)
    {
        /// <summary>What is sent in place of the example; null: that.</summary>
        public JsonNode? Body { get; init; }

        /// <summary>A file that is sent: its name and its text.</summary>
        public (string Name, string Text)? File { get; init; }
    }

    public static IReadOnlyDictionary<string, DescribedOperation> AllOf(JsonNode document) =>
        document["paths"]!
            .AsObject()
            .SelectMany(path =>
                path.Value!.AsObject()
                    .Select(operation => new DescribedOperation(
                        operation.Value!["operationId"]!.GetValue<string>(),
                        operation.Key.ToUpperInvariant(),
                        path.Key,
                        operation.Value
                    ))
            )
            .ToDictionary(operation => operation.Id);

    /// <summary>The types of its answers that are recorded.</summary>
    public IReadOnlyList<string> Types =>
        [
            .. Words["responses"]!
                .AsObject()
                .Where(answer => answer.Key[0] == '2')
                .SelectMany(answer => answer.Value!["content"]?.AsObject().Select(content => content.Key) ?? [])
                .Where(type => RecordedExamples.FileOf(Id, type) is not null),
        ];

    public bool Answers(int status) => status is >= 200 and < 300 && Words["responses"]![$"{status}"] is not null;

    /// <summary>A request with every example of a parameter and of the body that belongs to the type asked for.</summary>
    public HttpRequestMessage Ask(string? type, With with)
    {
        var values = with.Values.ToDictionary(one => one.Name, one => one.Value);
        var (path, query) = (Path, new List<string>());
        var request = new HttpRequestMessage { Method = new HttpMethod(Method) };
        foreach (var parameter in Words["parameters"]?.AsArray() ?? [])
        {
            var name = parameter!["name"]!.GetValue<string>();
            var value = values.GetValueOrDefault(name) ?? parameter["example"]?.ToString();
            if (value is null)
                continue;
            switch (parameter["in"]!.GetValue<string>())
            {
                case "path":
                    path = path.Replace($"{{{name}}}", Uri.EscapeDataString(value), StringComparison.Ordinal);
                    break;
                case "query":
                    query.Add($"{name}={Uri.EscapeDataString(value)}");
                    break;
                default:
                    request.Headers.TryAddWithoutValidation(name, value);
                    break;
            }
        }
        request.RequestUri = new Uri($"{path.TrimStart('/')}?{string.Join('&', query)}".TrimEnd('?'), UriKind.Relative);
        if (type is not null)
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
        if (Words["requestBody"]?["content"] is JsonObject bodies)
            request.Content = Body(type is not null && bodies.ContainsKey(type) ? type : bodies.First().Key, bodies, with);
        return request;
    }

    private static HttpContent Body(string type, JsonObject bodies, With with)
    {
        var example = with.Body ?? bodies[type]!["example"]!;
        if (!type.StartsWith("multipart", StringComparison.Ordinal))
            return new StringContent(
                example is JsonValue text && text.TryGetValue<string>(out var plain) ? plain : example.ToJsonString(),
                Encoding.UTF8,
                new MediaTypeHeaderValue(type)
            );
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in example.AsObject().Where(field => field.Key != "file"))
            form.Add(new StringContent(value!.ToString()), name);
        form.Add(new StringContent(with.File!.Value.Text), "file", with.File.Value.Name);
        return form;
    }
}
