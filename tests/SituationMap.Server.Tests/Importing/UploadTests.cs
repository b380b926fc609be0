using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Importing;

public sealed class UploadTests(PostgisCluster cluster)
{
    [Fact]
    public async Task An_upload_is_imported_and_told_of()
    {
        await Programs.EnsureAsync("ogr2ogr", "gdal-bin");
        await using var server = await TestServer.StartAsync(cluster);

        (await ImportAsync(server, ("as", "grids"), ("file", ImportStore.Grids))).GetProperty("state").GetString().ShouldBe("imported");
        var dry = await ImportAsync(server, ("as", "buildings"), ("dryRun", "true"), ("file", ImportStore.Buildings(50)));
        dry.GetProperty("state").GetString().ShouldBe("ready");
        dry.GetProperty("report").GetProperty("mapping")[0].GetProperty("column").GetString().ShouldBe("楼栋编码");
        (await server.Database.ReadAsync<long>("SELECT count(*) FROM building")).ShouldBe(0);
        var swapped = await ImportAsync(server, ("as", "buildings"), ("file", ImportStore.Buildings(50, (lon, lat) => (lat, lon))));
        swapped.GetProperty("report").GetProperty("findings")[0].GetProperty("code").GetString().ShouldBe("axes-swapped");
        var done = await ImportAsync(server, ("as", "buildings"), ("file", ImportStore.Buildings(50)));
        done.GetProperty("report").GetProperty("added").GetInt32().ShouldBe(50);

        // the map follows
        await DemoServer.WaitAsync(async () =>
            JsonSerializer
                .Deserialize<JsonElement>(
                    await server.Client.GetStringAsync(new Uri("api/lookup?lon=124.0011&lat=40.0011", UriKind.Relative))
                )
                .GetProperty("building")
                .ValueKind == JsonValueKind.Object
        );
    }

    /// <summary>Administrative borders as they come: the whole of a city has some 150,000 corners.</summary>
    [Fact]
    public async Task A_preview_has_every_outline_as_it_is()
    {
        const int Outlines = 5;
        const int Corners = 20_000;
        await Programs.EnsureAsync("ogr2ogr", "gdal-bin");
        await using var server = await TestServer.StartAsync(cluster);
        var rows = Enumerable
            .Range(0, Outlines)
            .Select(outline => $"21068{outline},{outline},\"POLYGON (({string.Join(", ", Ring(124 + outline))}))\"");

        var dry = await ImportAsync(
            server,
            ("as", "grids"),
            ("dryRun", "true"),
            ("file", string.Join('\n', rows.Prepend("code,name,wkt")))
        );

        dry.GetProperty("report").GetProperty("rejected").GetInt32().ShouldBe(0);
        var preview = await server.Client.GetFromJsonAsync<JsonElement>($"api/imports/{dry.GetProperty("id").GetString()}/preview");
        preview
            .GetProperty("features")
            .EnumerateArray()
            .Select(feature => feature.GetProperty("geometry").GetProperty("coordinates")[0])
            .Select(surface => surface[0][0].ValueKind == JsonValueKind.Number ? surface : surface[0])
            .Select(ring => ring.GetArrayLength())
            .ShouldBe(Enumerable.Repeat(Corners + 1, Outlines));

        static IEnumerable<string> Ring(double longitude) =>
            Enumerable
                .Range(0, Corners + 1)
                .Select(corner => 2 * Math.PI * (corner % Corners) / Corners)
                .Select(angle => (X: longitude + (0.4 * Math.Cos(angle)), Y: 40 + (0.4 * Math.Sin(angle))))
                .Select(at => FormattableString.Invariant($"{at.X:F7} {at.Y:F7}"));
    }

    [Theory]
    [InlineData("as", "nothing", HttpStatusCode.BadRequest, "value-wrong")]
    [InlineData("dryRun", "perhaps", HttpStatusCode.BadRequest, "value-wrong")]
    [InlineData("crs", "EPSG\0", HttpStatusCode.BadRequest, "text-invalid")]
    public async Task What_cannot_be_meant_is_refused_at_once(string field, string value, HttpStatusCode status, string code)
    {
        await using var server = await TestServer.StartAsync(cluster);

        using var answer = await PostAsync(server, ("as", "grids"), (field, value), ("file", ImportStore.Grids));

        answer.StatusCode.ShouldBe(status);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString().ShouldBe(code);
        using var none = await server.Client.PostAsync(new Uri("api/imports", UriKind.Relative), new StringContent("{}"));
        none.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        using var empty = await PostAsync(server, ("as", "grids"));
        empty.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private static async Task<JsonElement> ImportAsync(TestServer server, params (string Name, string Value)[] fields)
    {
        using var accepted = await PostAsync(server, fields);
        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted, await accepted.Content.ReadAsStringAsync());
        JsonElement answer = default;
        await DemoServer.WaitAsync(async () =>
        {
            answer = JsonSerializer.Deserialize<JsonElement>(await server.Client.GetStringAsync(accepted.Headers.Location));
            return answer.GetProperty("progress").GetDouble() == 1
                && answer.GetProperty("state").GetString() is "imported" or "ready" or "refused" or "failed";
        });
        return answer;
    }

    private static Task<HttpResponseMessage> PostAsync(TestServer server, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
        {
            if (name == "file")
                form.Add(new StringContent(value), name, "../../rows.csv");
            else
                form.Add(new StringContent(value), name);
        }
        return server.Client.PostAsync(new Uri("api/imports", UriKind.Relative), form);
    }
}
