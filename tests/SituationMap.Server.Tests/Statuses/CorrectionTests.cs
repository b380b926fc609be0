using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Shouldly;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>Late facts, retractions, releases and overrides, over HTTP: what is true changes, what was shown does not.</summary>
public sealed class CorrectionTests(PostgisCluster cluster) : IAsyncLifetime
{
    private const string Community = "210682-004";

    private DemoServer _demo = null!;
    private string _household = null!;

    public async ValueTask InitializeAsync()
    {
        _demo = await DemoServer.StartAsync(cluster);
        // about which nothing was ever reported, and over which there never was a zone
        _household = await _demo.Database.ReadAsync<string>(
            """
            SELECT h.code FROM household h JOIN building b ON b.id = h.building
            WHERE NOT EXISTS (SELECT FROM fact f WHERE f.household = h.id)
              AND NOT EXISTS (SELECT FROM zone_version v WHERE ST_Covers(v.outline, b.point))
            ORDER BY h.id LIMIT 1
            """
        );
    }

    public ValueTask DisposeAsync() => _demo.DisposeAsync();

    [Fact]
    public async Task A_late_fact_changes_what_is_true_of_a_past_minute_and_not_what_was_shown_then()
    {
        var (then, asked) = (DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(-1));
        var shown = await _demo.GetJsonAsync($"api/grids/{Community}/summary?at={At(asked)}");
        var present = await _demo.GetJsonAsync($"api/grids/{Community}/summary");
        var before = DateTimeOffset.UtcNow;
        // the demo has late reports of its own: at some minutes of the day what was true then is not what was shown
        var known = await _demo.GetJsonAsync($"api/grids/{Community}/summary?at={At(asked)}&known={At(before)}");
        var tile = await TileAsync();

        await ReportAsync("returned", """{"from":"420100","risk":"high"}""", at: then);

        (await QuarantinedAsync($"{tile}?at={At(asked)}")).ShouldBe(0);
        (await QuarantinedAsync($"{tile}?at={At(asked)}&known={At(before)}")).ShouldBe(0);
        (await QuarantinedAsync($"{tile}?at={At(asked)}&known={At(DateTimeOffset.UtcNow)}")).ShouldBe(1);
        (await QuarantinedAsync($"{tile}?known={At(DateTimeOffset.UtcNow)}")).ShouldBe(1);
        (await StatusAsync($"?at={At(asked)}")).ShouldBe("quarantined");
        (await StatusAsync($"?at={At(asked)}&known={At(asked)}")).ShouldBe("healthy");
        (await StatusAsync($"?at={At(asked)}&known={At(before)}")).ShouldBe("healthy");
        (await StatusAsync($"?at={At(then.AddMinutes(-1))}")).ShouldBe("healthy");

        var again = await _demo.GetJsonAsync($"api/grids/{Community}/summary?at={At(asked)}");
        again.GetRawText().ShouldBe(shown.GetRawText());
        var corrected = await _demo.GetJsonAsync($"api/grids/{Community}/summary?at={At(asked)}&known={At(DateTimeOffset.UtcNow)}");
        Counts(corrected).ShouldBe(Counts(known, quarantined: 1, healthy: -1));
        Counts(await _demo.GetJsonAsync($"api/grids/{Community}/summary?at={At(asked)}&known={At(before)}")).ShouldBe(Counts(known));

        Counts(await _demo.GetJsonAsync($"api/grids/{Community}/summary?known={At(before)}")).ShouldBe(Counts(present));

        var history = (await _demo.GetJsonAsync($"api/households/{_household}/history")).GetProperty("changes");
        history.GetArrayLength().ShouldBe(1);
        history[0].GetProperty("at").GetDateTimeOffset().ShouldBeGreaterThan(before);
        history[0].GetProperty("since").GetDateTimeOffset().ShouldBe(then, TimeSpan.FromMicroseconds(1));
    }

    [Fact]
    public async Task A_retraction_undoes_for_all_times_and_stays_in_the_history()
    {
        var then = DateTimeOffset.UtcNow.AddDays(-3);
        var wrong = await ReportAsync("returned", """{"from":"420100","risk":"high"}""", at: then);
        var known = DateTimeOffset.UtcNow;
        (await StatusAsync()).ShouldBe("quarantined");

        await ReportAsync("retraction", $$"""{"fact":"{{wrong}}","reason":"another door"}""");

        (await StatusAsync()).ShouldBe("healthy");
        (await StatusAsync($"?at={At(then.AddHours(1))}")).ShouldBe("healthy");
        (await StatusAsync($"?at={At(known)}&known={At(known)}")).ShouldBe("quarantined");
        (await HistoryAsync()).ShouldBe(["healthy", "quarantined"]);
    }

    [Fact]
    public async Task A_release_ends_an_order_from_then_on()
    {
        var then = DateTimeOffset.UtcNow.AddDays(-3);
        var order = await ReportAsync("order", """{"measure":"quarantine","days":10}""", at: then);
        var reason = (await AnswerAsync()).GetProperty("because")[0];
        reason.GetProperty("rule").GetString().ShouldBe("order");
        reason.GetProperty("sooner").GetProperty("en").GetString().ShouldBe("A release ends it sooner");
        reason.GetProperty("sooner").GetProperty("zh-CN").GetString().ShouldBe("接到解除通知即提前结束");

        var released = DateTimeOffset.UtcNow.AddMinutes(-1);
        await ReportAsync("release", $$"""{"order":"{{order}}"}""", at: released);

        (await StatusAsync()).ShouldBe("healthy");
        (await AnswerAsync()).GetProperty("since").GetDateTimeOffset().ShouldBe(released, TimeSpan.FromMicroseconds(1));
        (await StatusAsync($"?at={At(released.AddMinutes(-1))}")).ShouldBe("quarantined");
        (await HistoryAsync()).ShouldBe(["healthy", "quarantined"]);
    }

    [Fact]
    public async Task An_override_waits_for_a_second_person()
    {
        await ReportAsync("returned", """{"from":"420100","risk":"high"}""");
        var decision = await ReportAsync(
            "override",
            """{"status":"healthy","reason":"the test was someone else's"}""",
            source: "person:li"
        );

        var answer = await AnswerAsync();
        answer.GetProperty("status").GetString().ShouldBe("quarantined");
        var pending = answer.GetProperty("pending").EnumerateArray().Single();
        (
            pending.GetProperty("fact").GetGuid(),
            pending.GetProperty("status").GetString(),
            pending.GetProperty("source").GetString()
        ).ShouldBe((decision, "healthy", "person:li"));
        pending.GetProperty("words").GetProperty("en").GetString()!.ShouldContain("without effect until a second person confirms it");
        pending.GetProperty("words").GetProperty("zh-CN").GetString()!.ShouldContain("待另一人核实，尚未生效");
        (await HistoryAsync()).ShouldBe(["quarantined"]);

        // oneself is no second person
        (
            await RefusedAsync("override", $$"""{"status":"healthy","reason":"yes","confirms":"{{decision}}"}""", source: "person:li")
        ).ShouldBe("same-source");
        (await StatusAsync()).ShouldBe("quarantined");
        (await AnswerAsync()).GetProperty("pending").GetArrayLength().ShouldBe(1);

        using var wang = await _demo.Server.WithKeyAsync("wang", "reporter");
        var confirmation = await ReportAsync(
            "override",
            $$"""{"status":"healthy","reason":"seen the paper","confirms":"{{decision}}"}""",
            client: wang
        );
        answer = await AnswerAsync();
        answer.GetProperty("status").GetString().ShouldBe("healthy");
        answer.GetProperty("pending").GetArrayLength().ShouldBe(0);
        var reason = answer.GetProperty("because").EnumerateArray().Single();
        (reason.GetProperty("rule").GetString(), reason.GetProperty("fact").GetGuid()).ShouldBe(("override", decision));
        reason.GetProperty("with").EnumerateArray().Select(id => id.GetGuid()).ShouldBe([confirmation]);
        (await HistoryAsync()).ShouldBe(["healthy", "quarantined"]);

        // and it can be taken back
        await ReportAsync("retraction", $$"""{"fact":"{{confirmation}}","reason":"a forged paper"}""", source: "person:wang");
        (await StatusAsync()).ShouldBe("quarantined");
        (await HistoryAsync()).ShouldBe(["quarantined", "healthy", "quarantined"]);
    }

    [Theory]
    [InlineData("UPDATE feed SET recorded_at = now() WHERE sequence = 1")]
    [InlineData("DELETE FROM feed WHERE sequence = 1")]
    [InlineData("TRUNCATE feed")]
    [InlineData("UPDATE fact SET at = now()")]
    [InlineData("DELETE FROM zone_version")]
    public async Task History_is_only_added_to(string sql) =>
        (await Should.ThrowAsync<PostgresException>(_demo.Database.ExecuteAsync(sql))).SqlState.ShouldBe(
            PostgresErrorCodes.RestrictViolation
        );

    private async Task<Guid> ReportAsync(
        string kind,
        string data,
        DateTimeOffset? at = null,
        string source = "grid:210682-004-01",
        HttpClient? client = null
    )
    {
        var fact = Fact(kind, data, source, at);
        using var body = new StringContent(fact.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await (client ?? _demo.Client).PostAsync(new Uri("api/facts", UriKind.Relative), body);
        answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync());
        await _demo.WaitUntilSettledAsync();
        return (Guid)fact["id"]!;
    }

    private async Task<string?> RefusedAsync(string kind, string data, string source)
    {
        using var answer = await _demo.PostFactsAsync(Fact(kind, data, source).ToJsonString());
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        return JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("code").GetString();
    }

    private JsonObject Fact(string kind, string data, string source, DateTimeOffset? at = null)
    {
        var fact = DemoServer.Returned(_household);
        fact["kind"] = kind;
        fact["data"] = JsonNode.Parse(data);
        fact["at"] = at ?? DateTimeOffset.UtcNow.AddSeconds(-1);
        fact["source"] = source;
        return fact;
    }

    private Task<JsonElement> AnswerAsync(string query = "") => _demo.GetJsonAsync($"api/households/{_household}/status{query}");

    private async Task<string?> StatusAsync(string query = "") => (await AnswerAsync(query)).GetProperty("status").GetString();

    private async Task<IEnumerable<string?>> HistoryAsync() =>
        (await _demo.GetJsonAsync($"api/households/{_household}/history"))
            .GetProperty("changes")
            .EnumerateArray()
            .Select(change => change.GetProperty("status").GetString());

    private static (int Quarantined, int Observed, int Out, int Healthy, int Surveyed) Counts(
        JsonElement summary,
        int quarantined = 0,
        int healthy = 0
    ) =>
        (
            summary.GetProperty("quarantined").GetInt32() + quarantined,
            summary.GetProperty("observed").GetInt32(),
            summary.GetProperty("out").GetInt32(),
            summary.GetProperty("healthy").GetInt32() + healthy,
            summary.GetProperty("surveyed").GetInt32()
        );

    /// <summary>The tile in which the household's building is.</summary>
    private async Task<string> TileAsync()
    {
        var position = await _demo.Database.ReadAsync<double[]>(
            "SELECT ARRAY[ST_X(b.point), ST_Y(b.point)] FROM household h JOIN building b ON b.id = h.building WHERE h.code = "
                + $"'{_household}'"
        );
        var (column, row) = ((position[0] + 180) / 360, (1 - (Math.Asinh(Math.Tan(position[1] * Math.PI / 180)) / Math.PI)) / 2);
        return string.Create(CultureInfo.InvariantCulture, $"tiles/situation/16/{(int)(column * (1 << 16))}/{(int)(row * (1 << 16))}.mvt");
    }

    /// <summary>How many quarantined households the tile says the building has.</summary>
    private async Task<int> QuarantinedAsync(string path)
    {
        var building = await _demo.Database.ReadAsync<string>(
            $"SELECT b.code FROM household h JOIN building b ON b.id = h.building WHERE h.code = '{_household}'"
        );
        var buildings = VectorTile
            .Decode(await _demo.Client.GetByteArrayAsync(new Uri(path, UriKind.Relative)))
            .Single(layer => layer.Name == "buildings");
        return Convert.ToInt32(
            buildings.Features.First(feature => (string)feature.Attributes["code"] == building).Attributes["quarantined"],
            CultureInfo.InvariantCulture
        );
    }

    private static string At(DateTimeOffset instant) =>
        instant.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
