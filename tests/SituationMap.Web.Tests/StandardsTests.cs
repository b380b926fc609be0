using System.Text.Json;
using Shouldly;

namespace SituationMap.Web.Tests;

/// <summary>What npm's tools make of the API: its description, and its tiles.</summary>
[Collection(ViewerTests.Name)]
public sealed class StandardsTests(Viewer viewer)
{
    private const string Column = "55350";
    private const string Row = "24702";

    [Fact]
    public async Task The_OpenAPI_document_is_valid_every_operation_has_its_words_and_examples_and_answers_are_as_described()
    {
        var output = await Programs.RunAsync(
            "node",
            Path.Combine(WebFolder.Path, "tests", "openapi.mjs"),
            $"{viewer.Server.Address}openapi/v1.json",
            TestServer.LocalToken
        );
        output.ShouldContain(" 0 faults");
    }

    [Fact]
    public async Task Mapboxs_vector_tile_reads_the_tiles_of_every_collection()
    {
        var found = JsonSerializer.Deserialize<JsonElement>(
            await Programs.RunAsync(
                "node",
                Path.Combine(WebFolder.Path, "tests", "vector-tiles.mjs"),
                $"{viewer.Server.Address}ogc",
                Column,
                Row,
                TestServer.LocalToken
            )
        );

        var all = found.GetProperty("");
        all.EnumerateObject().Count().ShouldBeGreaterThan(3);
        foreach (var layer in all.EnumerateObject())
        {
            layer.Value.GetProperty("version").GetInt32().ShouldBe(2, layer.Name);
            // the metadata of what is left out is no collection
            if (found.TryGetProperty($"/collections/{layer.Name}", out var alone))
                layer.Value.GetRawText().ShouldBe(alone.GetProperty(layer.Name).GetRawText(), layer.Name);
        }
        all.GetProperty("buildings").GetProperty("codes").GetArrayLength().ShouldBeGreaterThan(10);
        foreach (var position in all.GetProperty("buildings").GetProperty("positions").EnumerateArray())
        {
            position[0].GetDouble().ShouldBe(124.05, 0.02);
            position[1].GetDouble().ShouldBe(40.45, 0.02);
        }
    }
}
