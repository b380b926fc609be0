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

    private static readonly string[] Values =
    [
        "",
        " ",
        "0",
        "-1",
        "1",
        "3",
        "16",
        "55350",
        "24702",
        "2147483648",
        "99999999999999999999",
        "1e308",
        "-0.0",
        "NaN",
        "Infinity",
        "0x10",
        "1,5",
        "124.05",
        "40.45",
        "180",
        "-90.0000001",
        "124.04,40.445,124.05,40.452",
        "40.445,124.04,40.452,124.05",
        "179,-10,-179,10",
        "-180,-90,180,90",
        "1,2,3",
        ",,,",
        "true",
        "false",
        "quarantined",
        "json",
        "html",
        "en",
        "zh-CN",
        "csv",
        "xlsx",
        "gpkg",
        "geojson",
        "CRS84",
        "EPSG:4326",
        "EPSG:4549",
        "EPSG:3857",
        "GCJ02",
        "BD09",
        "EPSG:0",
        "http://www.opengis.net/def/crs/EPSG/0/4490",
        "[EPSG:4326]",
        "2020-02-05T09:00:00+08:00",
        "2020-02-05T09:00:00Z",
        "2020-02-30T09:00:00Z",
        "2026-02-27T10:00:00Z",
        "2999-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "9999-12-31",
        "0001-01-01T00:00:00Z/..",
        "../..",
        "status='out'",
        "floors > 3 AND NOT (code LIKE '%1' OR kind IS NULL)",
        "((((((((((((",
        "code LIKE '%%%%%%%%%%%%%%%%%%%%%%%%%%%%a'",
        "S_INTERSECTS(geometry,POLYGON((0 0,1 1,0 1,0 0)))",
        "S_INTERSECTS(geometry,BBOX(1e9,2,3,4))",
        "S_DWITHIN(geometry,POINT(1 1),5)",
        """{"op":"=","args":[{"property":"floors"},3]}""",
        """{"op":"not","args":[]}""",
        "cql2-text",
        "cql2-json",
        "area",
        "households",
        "buildings",
        "checkpoints",
        "since",
        "dead",
        "'; DROP TABLE fact; --",
        "1 OR 1=1",
        "$1",
        "{0}",
        "%s%s%n",
        "<script>alert(1)</script>",
        "../../../../etc/passwd",
        "a/b",
        "..",
        ".",
        "\\",
        "\0",
        "a\0b",
        "\u202e",
        "\ufffd",
        "\ufeff",
        "汉字",
        "👨‍👩‍👧‍👦",
        "%",
        "%zz",
        "+",
        "&",
        "#",
        "*",
        "\"1\"",
        "W/\"1\"",
        "\r\n",
        "\t",
        "null",
        "[]",
        "{}",
        "00000000-0000-0000-0000-000000000000",
        "0b6f5d1e-6a53-4f0e-9a4e-2f1f6a3c9d10",
        new string('x', 3_000),
        new string('9', 400),
        string.Join(',', Enumerable.Repeat("1", 2_000)),
    ];

    private static readonly string[] MediaTypes =
    [
        "application/json",
        "application/x-ndjson",
        "text/csv",
        "text/plain",
        "application/geo+json",
        "application/merge-patch+json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "application/octet-stream",
        "application/json; charset=utf-16",
        "nonsense",
    ];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "FOO"];

    private static readonly (string Name, string[] Values)[] Headers =
    [
        ("If-Match", ["*", "\"1\"", "\"0.0\"", "W/\"1\"", "1", "\"1\", \"2\""]),
        ("If-None-Match", ["*", "\"1\"", "nonsense"]),
        ("If-Modified-Since", ["yesterday", "Wed, 21 Oct 2015 07:28:00 GMT"]),
        ("Accept", ["*/*", "text/html", "text/csv", "application/json;q=2", "nonsense", "application/problem+json"]),
        ("Accept-Encoding", ["br", "gzip", "zstd", "*;q=0", "nonsense"]),
        ("Accept-Language", ["zh", "en;q=0.1", "*", "nonsense,,,"]),
        ("Range", ["bytes=0-0", "bytes=-1", "bytes=9999999999-"]),
        ("Last-Event-ID", ["0", "-1", "99999999999999999999", "x"]),
        ("Origin", ["null", "https://elsewhere.example"]),
        ("Purpose-Note", ["x", "%E6%B1%89"]),
        ("Content-Crs", ["<http://www.opengis.net/def/crs/EPSG/0/4326>", "EPSG:4326", "<"]),
        ("Authorization", ["Bearer sm_nonsense", "Basic eA==", "Bearer"]),
        ("Content-Encoding", ["gzip", "br"]),
    ];

    /// <param name="told">What is asked, for people: method, address, and the beginning of the body.</param>
    public HttpRequestMessage Make(FuzzedOperation operation, out string told)
    {
        var method = random.Next(25) == 0 ? Pick(Methods) : operation.Method;
        var path = operation.Path;
        foreach (var parameter in operation.Parameters.Where(parameter => parameter.In == "path"))
        {
            var value = Uri.EscapeDataString(random.Next(5) == 0 ? Pick(Values) : Known(operation, parameter));
            path = path.Replace($"{{{parameter.Name}}}", value is "" or "." or ".." ? "x" : value, StringComparison.Ordinal);
        }
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server, $"{path.TrimStart('/')}{Query(operation)}"));
        foreach (var parameter in operation.Parameters.Where(parameter => parameter.In == "header" && random.Next(4) > 0))
            request.Headers.TryAddWithoutValidation(
                parameter.Name,
                parameter.Example ?? Pick(Headers.FirstOrDefault(header => header.Name == parameter.Name).Values ?? ["x"])
            );
        var body = Array.Empty<byte>();
        if (operation.Bodies.Count > 0 ? random.Next(15) > 0 : method is "POST" or "PUT" or "PATCH")
            request.Content = Content(operation, out body);
        if (random.Next(4) == 0)
        {
            var (name, values) = Headers[random.Next(Headers.Length)];
            // to a media type that is not sent there is no coding
            if (name is "Content-Encoding" or "Content-Crs")
                request.Content?.Headers.TryAddWithoutValidation(name, Pick(values));
            else
                request.Headers.TryAddWithoutValidation(name, random.Next(10) == 0 ? new string('x', 2_000) : Pick(values));
        }
        told =
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
            parts.Add(
                $"{parameter.Name}={Uri.EscapeDataString(wild && random.Next(2) == 0 ? Pick(Values) : parameter.Example ?? Pick(Values))}"
            );
            if (random.Next(20) == 0)
                parts.Add($"{parameter.Name}={Uri.EscapeDataString(Pick(Values))}");
        }
        if (random.Next(20) == 0)
            parts.Add($"{Uri.EscapeDataString(Pick(Values))}={Uri.EscapeDataString(Pick(Values))}");
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
            : parameter.Example ?? Pick(Values);
    }

    private ByteArrayContent Content(FuzzedOperation operation, out byte[] body)
    {
        var (type, example) =
            operation.Bodies.Count == 0 ? ("application/json", "{}") : operation.Bodies[random.Next(operation.Bodies.Count)];
        if (type == "multipart/form-data" && random.Next(10) > 0)
            return Upload(out body);
        body = Spoil(Changed(example));
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", random.Next(10) == 0 ? Pick(MediaTypes) : type);
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
                Pick(Values),
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
            _ => JsonValue.Create(Pick(Values)),
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
                Encoding.UTF8.GetBytes($"code,name,manned,lon,lat\nCP-F{random.Next(5)},{Pick(Values)},true,{Pick(Values)},40.45\n")
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
            (Pick(Values), []),
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
                    ("as", random.Next(6) == 0 ? Pick(Values) : Pick(Collections)),
                    ("crs", Pick("EPSG:4326", "", Pick(Values))),
                    ("dryRun", Pick("true", "false", Pick(Values))),
                    ("map", Pick("name=name", "x", Pick(Values))),
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
}
