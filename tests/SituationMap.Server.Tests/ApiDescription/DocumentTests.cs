using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Server.Tests.ApiDescription;

public sealed class DocumentTests(PostgisCluster cluster)
{
    private const string Rewrite = "WRITE_EXAMPLES";

    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    [Fact]
    public async Task The_viewer_has_the_description_that_the_server_gives()
    {
        await using var server = await TestServer.StartAsync(cluster);
        var document = JsonNode.Parse(await server.Client.GetStringAsync(new Uri("openapi/v1.json", UriKind.Relative)))!;
        var text = WithoutExamples(document).ToJsonString(Layout) + "\n";
        var file = Path.Combine(Sources.Root, "src", "SituationMap.Web", "src", "api", "openapi.json");

        if (Environment.GetEnvironmentVariable(Rewrite) is not null)
            await File.WriteAllTextAsync(file, text);

        (await File.ReadAllTextAsync(file)).ShouldBe(text, $"run this test with {Rewrite}=1, then npm run types");
    }

    /// <summary>Types need neither the examples, which have files of their own, nor the version, which each release changes.</summary>
    private static JsonNode WithoutExamples(JsonNode document)
    {
        document["info"]!["version"] = "v1";
        foreach (var operation in document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject()))
        {
            foreach (var parameter in operation.Value!["parameters"]?.AsArray() ?? [])
                parameter!.AsObject().Remove("example");
            JsonNode?[] bodies = [operation.Value["requestBody"], .. operation.Value["responses"]!.AsObject().Select(one => one.Value)];
            foreach (var content in bodies.SelectMany(body => body?["content"]?.AsObject() ?? []))
                content.Value!.AsObject().Remove("example");
        }
        return document;
    }
}
