using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SituationMap.Testing;

/// <summary>Makes requests by lot: mostly something that is known to be right, with one thing or some that are not.</summary>
/// <param name="codes">Codes that exist, by collection.</param>
internal sealed class FuzzedRequests(Random random, Uri server, IReadOnlyDictionary<string, string[]> codes)
{
    public static readonly string[] Collections = ["grids", "buildings", "households", "checkpoints", "zones", "roads"];

    private static readonly string[] Layers = ["situation", "buildings", "households", "zones", "grids", "checkpoints"];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "FOO"];

    /// <param name="description">What is asked, for people: method, address, and the beginning of the body.</param>
    public HttpRequestMessage Make(FuzzedOperation operation, out string description)
    {
        var method = random.Next(25) == 0 ? Pick(Methods) : operation.Method;
        var path = operation.Path;
        foreach (var parameter in operation.Parameters.Where(parameter => parameter.In == "path"))
        {
            var value = Uri.EscapeDataString(random.Next(5) == 0 ? Hostile() : Known(operation, parameter));
            path = path.Replace($"{{{parameter.Name}}}", value is "" or "." or ".." ? "x" : value, StringComparison.Ordinal);
        }
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server, $"{path.TrimStart('/')}{Query(operation)}"));
        foreach (var parameter in operation.Parameters.Where(parameter => parameter.In == "header" && random.Next(4) > 0))
            request.Headers.TryAddWithoutValidation(
                parameter.Name,
                parameter.Example ?? Pick(FuzzedValues.Headers.FirstOrDefault(header => header.Name == parameter.Name).Values ?? ["x"])
            );
        var body = Array.Empty<byte>();
        if (operation.Bodies.Count > 0 ? random.Next(15) > 0 : method is "POST" or "PUT" or "PATCH")
            request.Content = Content(operation, out body);
        if (random.Next(4) == 0)
        {
            var (name, values) = FuzzedValues.Headers[random.Next(FuzzedValues.Headers.Length)];
            // to a media type that is not sent there is no coding
            if (name is "Content-Encoding" or "Content-Crs")
                request.Content?.Headers.TryAddWithoutValidation(name, Pick(values));
            else
                request.Headers.TryAddWithoutValidation(name, random.Next(10) == 0 ? new string('x', 2_000) : Pick(values));
        }
        description =
            $"{method} {request.RequestUri!.PathAndQuery} "
            + $"{string.Join("; ", request.Headers.Select(header => $"{header.Key}: {string.Join(',', header.Value)}"))} "
            + $"{request.Content?.Headers.ContentType} {Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, 400))}";
        return request;
    }

    private string Query(FuzzedOperation operation)
    {
        var parts = new List<string>();
        var wild = random.Next(3) == 0;
        foreach (var parameter in operation.Parameters.Where(parameter => parameter.In == "query"))
        {
            if (random.Next(parameter.Example is null ? 2 : 4) == 0)
                continue;
            parts.Add($"{parameter.Name}={Uri.EscapeDataString(wild && random.Next(2) == 0 ? Hostile() : parameter.Example ?? Hostile())}");
            if (random.Next(20) == 0)
                parts.Add($"{parameter.Name}={Uri.EscapeDataString(Hostile())}");
        }
        if (random.Next(20) == 0)
            parts.Add($"{Uri.EscapeDataString(Hostile())}={Uri.EscapeDataString(Hostile())}");
        if (random.Next(20) == 0 && parts.Count > 1)
        {
            // axes swapped, and whatever else has another's value
            var (one, other) = (parts[0].Split('=', 2), parts[^1].Split('=', 2));
            (parts[0], parts[^1]) = ($"{one[0]}={other[^1]}", $"{other[0]}={one[^1]}");
        }
        return parts.Count == 0 ? "" : "?" + string.Join('&', parts);
    }

    /// <summary>A value that is right where it can be known.</summary>
    private string Known(FuzzedOperation operation, FuzzedParameter parameter)
    {
        if (parameter.Name == "collection")
            return Pick(Collections);
        if (parameter.Name == "layer")
            return Pick(Layers);
        var collection = Collections.FirstOrDefault(name =>
            operation.Path.Contains($"/{name}/{{{parameter.Name}}}", StringComparison.Ordinal)
        ) ?? (parameter.Name == "id" && operation.Path.StartsWith("/ogc/", StringComparison.Ordinal) ? Pick(Collections) : null);
        return collection is not null && codes[collection] is { Length: > 0 } known && random.Next(4) > 0
            ? Pick(known).Split(':')[0]
            : parameter.Example ?? Hostile();
    }

    private ByteArrayContent Content(FuzzedOperation operation, out byte[] body)
    {
        var (type, example) =
            operation.Bodies.Count == 0 ? ("application/json", "{}") : operation.Bodies[random.Next(operation.Bodies.Count)];
        if (type == "multipart/form-data" && random.Next(10) > 0)
            return Upload(out body);
        body = Spoil(Changed(example));
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", random.Next(10) == 0 ? Pick(FuzzedValues.MediaTypes) : type);
        return content;
    }

    /// <summary>The example with some of its values others, gone, or twice there; as it is where it is not JSON, or by lot.</summary>
    private string Changed(string example)
    {
        if (random.Next(6) == 0)
            return example;
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(example);
        }
        catch (JsonException)
        {
            return example.Replace(
                Pick(example.Split([',', '\n', ' '], StringSplitOptions.RemoveEmptyEntries)),
                Hostile(),
                StringComparison.Ordinal
            );
        }
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var nodes = Inner(root).ToArray();
            if (nodes.Length == 0)
                break;
            switch (nodes[random.Next(nodes.Length)])
            {
                case { Parent: JsonObject parent } node when random.Next(4) == 0:
                    parent.Remove(node.GetPropertyName());
                    break;
                case { Parent: JsonArray parent } node when random.Next(3) == 0:
                    parent.Add(node.DeepClone());
                    break;
                case var node:
                    node.ReplaceWith(Nonsense());
                    break;
            }
        }
        return root!.ToJsonString();
    }

    private JsonNode? Nonsense() =>
        random.Next(9) switch
        {
            0 => null,
            1 => JsonValue.Create(random.Next(2) == 0),
            2 => JsonValue.Create(Pick(0, -1, 1e308, 5e-324, 2147483648, 1e19, 37.3, 200, -91)),
            3 => new JsonArray(),
            4 => new JsonObject(),
            5 => new JsonArray([.. Enumerable.Range(0, 200).Select(i => (JsonNode)i)]),
            _ => JsonValue.Create(Hostile()),
        };

    private static IEnumerable<JsonNode> Inner(JsonNode? node) =>
        node switch
        {
            JsonObject parent => parent
                .Select(property => property.Value)
                .OfType<JsonNode>()
                .SelectMany(child => Inner(child).Prepend(child)),
            JsonArray parent => parent.OfType<JsonNode>().SelectMany(child => Inner(child).Prepend(child)),
            _ => [],
        };

    /// <summary>Now and then what no JSON is, or too much of it.</summary>
    private byte[] Spoil(string text) =>
        random.Next(30) switch
        {
            0 => Encoding.UTF8.GetBytes(text)[..random.Next(Encoding.UTF8.GetByteCount(text) + 1)],
            1 => Encoding.Unicode.GetBytes(text),
            2 => [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(text)],
            3 => [.. Encoding.UTF8.GetBytes(text), 0xFF, 0xFE, 0],
            4 => Encoding.UTF8.GetBytes(new string('[', 5_000)),
            5 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text + "\n", 200))),
            6 => Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat(text, 200))}]"),
            7 => Encoding.UTF8.GetBytes(text.Replace("\":\"", "\":\"\\u0000", StringComparison.Ordinal)),
            8 => Encoding.UTF8.GetBytes(text.Replace("\":\"", "\":\"\\ud800", StringComparison.Ordinal)),
            9 => [],
            _ => Encoding.UTF8.GetBytes(text),
        };

    private ByteArrayContent Upload(out byte[] body)
    {
        const string Boundary = "fuzz";
        (string Name, byte[] Content)[] files =
        [
            (
                "checkpoints.csv",
                Encoding.UTF8.GetBytes($"code,name,manned,lon,lat\nCP-F{random.Next(5)},{Hostile()},true,{Hostile()},40.45\n")
            ),
            (
                "grids.geojson",
                Encoding.UTF8.GetBytes(
                    Changed(
                        """
                        {"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"G-F","name":"F"},
                        "geometry":{"type":"Polygon",
                        "coordinates":[[[124.04,40.44],[124.05,40.44],[124.05,40.45],[124.04,40.44]]]}}]}
                        """
                    )
                )
            ),
            ("buildings.csv", Encoding.UTF8.GetBytes("code,wkt\nB-F,\"POLYGON((0 0,1 1,0 1,1 0,0 0))\"\n")),
            ("households.xlsx", [.. "PK"u8, 3, 4, 0, 0, 0]),
            ("zones.gpkg", "SQLite format 3\0nonsense"u8.ToArray()),
            ("zones.dxf", "0\nSECTION\n2\nENTITIES\n"u8.ToArray()),
            ("a.zip", [.. "PK"u8, 5, 6, .. new byte[18]]),
            ("../../x.shp", new byte[100]),
            (Hostile(), []),
        ];
        using var stream = new MemoryStream();
        void Add(string head, byte[] content)
        {
            stream.Write(Encoding.UTF8.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n"));
            stream.Write(content);
            stream.Write("\r\n"u8);
        }
        foreach (
            var (name, value) in (ReadOnlySpan<(string, string)>)
                [
                    ("as", random.Next(6) == 0 ? Hostile() : Pick(Collections)),
                    ("crs", Pick("EPSG:4326", "", Hostile())),
                    ("dryRun", Pick("true", "false", Hostile())),
                    ("map", Pick("name=name", "x", Hostile())),
                ]
        )
        {
            if (random.Next(5) > 0)
                Add($"name=\"{name}\"", Encoding.UTF8.GetBytes(value));
        }
        var file = files[random.Next(files.Length)];
        Add($"name=\"file\"; filename=\"{file.Name.ReplaceLineEndings("").Replace("\"", "", StringComparison.Ordinal)}\"", file.Content);
        if (random.Next(8) > 0)
            stream.Write(Encoding.UTF8.GetBytes($"--{Boundary}--\r\n"));
        body = stream.ToArray();
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={Boundary}");
        return content;
    }

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];

    private string Hostile() => Pick(FuzzedValues.Texts);
}
