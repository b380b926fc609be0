using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Lookups;

/// <summary>Many points in one request, in three forms.</summary>
public sealed class ManyLookupsTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private readonly DemoServer _demo = shared.Demo;

    [Theory]
    [InlineData("application/json", "application/json")]
    [InlineData("application/x-ndjson", "application/x-ndjson")]
    [InlineData("application/json", "application/x-ndjson")]
    [InlineData("text/csv", "application/json")]
    public async Task Each_point_has_the_answer_it_has_alone(string sent, string accepted)
    {
        var points = _demo.Snapshot.City.LookupIndex.Points.Take(300).ToArray();
        var answers = await PostAsync(Body(sent, points), sent, accepted);

        var items =
            accepted == "application/json"
                ? JsonSerializer.Deserialize<JsonElement[]>(answers)!
                :
                [
                    .. answers
                        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                        .Select(line => JsonSerializer.Deserialize<JsonElement>(line)),
                ];
        items.Length.ShouldBe(points.Length);
        for (var i = 0; i < points.Length; i += 37)
        {
            items[i].GetProperty("id").GetString().ShouldBe($"a\"{i}");
            var alone = await _demo.GetJsonAsync(
                FormattableString.Invariant($"api/lookup?lon={points[i].Longitude:R}&lat={points[i].Latitude:R}")
            );
            foreach (var part in (string[])["lon", "lat", "crs", "grids", "building", "zones", "riskLevel", "checkpoints"])
                items[i].GetProperty(part).GetRawText().ShouldBe(alone.GetProperty(part).GetRawText(), part);
        }
    }

    [Fact]
    public async Task Csv_goes_out_with_a_line_a_point()
    {
        var points = _demo.Snapshot.City.LookupIndex.Points.Take(3).ToArray();
        var lines = (await PostAsync(Body("application/json", points), "application/json", "text/csv")).Split(
            "\r\n",
            StringSplitOptions.RemoveEmptyEntries
        );

        lines[0].ShouldBe("id,lon,lat,crs,grid,gridName,building,address,zones,riskLevel,checkpoint,metres,sequence,error");
        lines.Length.ShouldBe(4);
        lines[1].ShouldStartWith("\"a\"\"0\"," + points[0].Longitude.ToString("R", CultureInfo.InvariantCulture));
        lines[1].ShouldContain(_demo.Snapshot.City.Buildings[0].Code);
    }

    [Fact]
    public async Task A_point_that_is_none_does_not_end_the_others()
    {
        var answers = JsonSerializer.Deserialize<JsonElement[]>(
            await PostAsync(
                """
                [{"lon":124.05,"lat":40.45},{"lon":"x","lat":1},{"lat":2},7,{"lon":40.45,"lat":124.05},{"lon":1,"lat":2,
                "long":3},{"id":null,"lon":124.05,"lat":40.45}]
                """,
                "application/json",
                "*/*"
            )
        )!;

        answers.Length.ShouldBe(7);
        answers[0].GetProperty("grids").GetArrayLength().ShouldBeGreaterThan(0);
        Codes(answers).ShouldBe([null, "type-wrong", "field-missing", "type-wrong", "outside-area", "field-unknown", null]);
        answers[4].GetProperty("error").GetProperty("expected").GetString()!.ShouldContain("looks like lat, lon");
        answers[6].GetProperty("id").ValueKind.ShouldBe(JsonValueKind.Null);

        var lines = (
            await PostAsync("{\"lon\":124.05,\"lat\":40.45}\nnonsense\n\n{\"lon\":124.05,\"lat\":40.45}", "application/x-ndjson", "*/*")
        )
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))
            .ToArray();
        Codes(lines).ShouldBe([null, "json-malformed", null]);
    }

    [Fact]
    public async Task Metres_are_taken_in_any_system()
    {
        var csv = await PostAsync("x;y\n", "text/csv", "*/*", "?crs=EPSG:3857", HttpStatusCode.BadRequest);
        csv.ShouldContain("field-missing");

        var answers = JsonSerializer.Deserialize<JsonElement[]>(
            await PostAsync("x,y,note\n13809279.0,4932034.0,a\n124.05,40.45,b\n", "text/csv", "application/json", "?crs=EPSG:3857")
        )!;
        answers[0].GetProperty("x").GetDouble().ShouldBe(13809279.0);
        answers[0].GetProperty("grids").GetArrayLength().ShouldBeGreaterThan(0);
        answers[1].GetProperty("grids").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("application/json", "{\"lon\":1,\"lat\":2}", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "", HttpStatusCode.BadRequest)]
    [InlineData("application/json", "[", HttpStatusCode.BadRequest)]
    [InlineData("text/csv", "longitude,latitude\n1,2", HttpStatusCode.BadRequest)]
    [InlineData("text/plain", "1,2", HttpStatusCode.UnsupportedMediaType)]
    public async Task What_is_no_list_of_points_is_refused(string mediaType, string body, HttpStatusCode status) =>
        (await PostAsync(body, mediaType, "*/*", "", status)).ShouldContain("\"code\"");

    [Fact]
    public async Task A_list_that_breaks_off_says_where()
    {
        var answers = JsonSerializer.Deserialize<JsonElement[]>(
            await PostAsync("""[{"lon":124.05,"lat":40.45},{"lon":124""", "application/json", "*/*")
        )!;
        Codes(answers).ShouldBe([null, "json-malformed"]);
        JsonSerializer.Deserialize<JsonElement[]>(await PostAsync("[]", "application/json", "*/*"))!.ShouldBeEmpty();
    }

    private static IEnumerable<string?> Codes(IEnumerable<JsonElement> answers) =>
        answers.Select(answer => answer.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null);

    private static string Body(string mediaType, (double Longitude, double Latitude)[] points)
    {
        var objects = points.Select(
            (point, i) => FormattableString.Invariant($$"""{"id":"a\"{{i}}","lon":{{point.Longitude:R}},"lat":{{point.Latitude:R}}}""")
        );
        return mediaType switch
        {
            "application/json" => $"[{string.Join(",\n", objects)}]",
            "text/csv" => "id,LON,lat\n"
                + string.Concat(
                    points.Select((point, i) => FormattableString.Invariant($"\"a\"\"{i}\",{point.Longitude:R},{point.Latitude:R}\n"))
                ),
            _ => string.Join('\n', objects),
        };
    }

    private async Task<string> PostAsync(
        string body,
        string mediaType,
        string accepted,
        string query = "",
        HttpStatusCode status = HttpStatusCode.OK
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/lookup" + query, UriKind.Relative))
        {
            Content = new StringContent(body, Encoding.UTF8, mediaType),
        };
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accepted));
        using var response = await _demo.Client.SendAsync(request);
        response.StatusCode.ShouldBe(status);
        return await response.Content.ReadAsStringAsync();
    }
}
