using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using NetTopologySuite.Geometries;
using Shouldly;
using SituationMap.Server.Tests.Access;

namespace SituationMap.Server.Tests.Zones;

/// <summary>Whoever plans or approves for some grids does so there alone, and learns nothing of others by a preview.</summary>
public sealed class PlannersGridTests(LockedServer locked) : IClassFixture<LockedServer>
{
    [Fact]
    public async Task Plans_and_previews_within_the_own_grid_and_nowhere_else()
    {
        using var client = await locked.SignInAsync("planner-in", "planner", LockedServer.Inside);
        using var all = await locked.SignInAsync("planner-all", "planner");
        var (own, other) = (await AroundAsync(LockedServer.Inside, 0.00005), await AroundAsync(LockedServer.Outside, 0.00005));
        var both = Planner.Feature(
            Math.Min(own.MinX, other.MinX),
            Math.Min(own.MinY, other.MinY),
            Math.Max(own.MaxX, other.MaxX),
            Math.Max(own.MaxY, other.MaxY)
        );

        var preview = await AnswerAsync(await client.PostAsJsonAsync("api/zones/preview", Of(own)));
        preview.GetProperty("inside").GetProperty("households").GetInt32().ShouldBeGreaterThan(0);
        await RefusedAsync(await client.PostAsJsonAsync("api/zones/preview", Of(other)));
        await RefusedAsync(await client.PostAsJsonAsync("api/zones/preview", both));
        await RefusedAsync(await client.PostAsJsonAsync("api/zones", Of(other)));
        var mine = await AnswerAsync(await client.PostAsJsonAsync("api/zones", Of(own)));
        await RefusedAsync(await SendAsync(client, HttpMethod.Put, $"api/zones/{mine.GetProperty("code").GetString()}/draft", both, mine));

        // a zone of another grid: neither its counts, nor a step of its life, whatever outline it is to have
        var theirs = await AnswerAsync(await all.PostAsJsonAsync("api/zones", Of(other)));
        var code = theirs.GetProperty("code").GetString();
        await RefusedAsync(await client.PostAsJsonAsync("api/zones/preview", Of(own, code)));
        await RefusedAsync(await SendAsync(client, HttpMethod.Put, $"api/zones/{code}/draft", Of(own), theirs));
        await RefusedAsync(await SendAsync(client, HttpMethod.Delete, $"api/zones/{code}/draft", null, theirs));
        await RefusedAsync(await SendAsync(client, HttpMethod.Post, $"api/zones/{code}/submit", new JsonObject(), theirs));
        (await all.GetFromJsonAsync<JsonElement>($"api/zones/{code}"))
            .GetProperty("etag")
            .GetString()
            .ShouldBe(theirs.GetProperty("etag").GetString());
    }

    [Fact]
    public async Task Approves_ends_and_takes_back_within_the_own_grid_and_nowhere_else()
    {
        using var planner = await locked.SignInAsync("planner-of-all", "planner");
        using var approver = await locked.SignInAsync("approver-in", "approver", LockedServer.Inside);
        using var chief = await locked.SignInAsync("approver-all", "approver");
        foreach (var (grid, isOwn) in new[] { (LockedServer.Inside, true), (LockedServer.Outside, false) })
        {
            var zone = await AnswerAsync(await planner.PostAsJsonAsync("api/zones", Of(await AroundAsync(grid, 0.00005))));
            var code = zone.GetProperty("code").GetString();
            zone = await AnswerAsync(await SendAsync(planner, HttpMethod.Post, $"api/zones/{code}/submit", new JsonObject(), zone));
            // what is to be signed can be seen, where it may be signed
            var seen = await approver.PostAsJsonAsync("api/zones/preview", Of(await AroundAsync(grid, 0.00005), code));
            seen.StatusCode.ShouldBe(isOwn ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
            zone = await StepAsync("approve", new JsonObject(), zone);
            zone = await StepAsync("lower", new JsonObject { ["reason"] = "x", ["level"] = "low" }, zone);
            zone = await StepAsync("rollback", new JsonObject { ["reason"] = "x", ["version"] = 1 }, zone);
            await StepAsync("end", new JsonObject { ["reason"] = "x" }, zone);

            async Task<JsonElement> StepAsync(string step, JsonObject body, JsonElement seen)
            {
                if (!isOwn)
                    await RefusedAsync(await SendAsync(approver, HttpMethod.Post, $"api/zones/{code}/{step}", body.DeepClone(), seen));
                return await AnswerAsync(
                    await SendAsync(isOwn ? approver : chief, HttpMethod.Post, $"api/zones/{code}/{step}", body, seen)
                );
            }
        }
    }

    [Fact]
    public async Task Tells_what_a_zones_clock_rests_on_where_it_lies_within_the_own_grid()
    {
        using var planner = await locked.SignInAsync("due-planner", "planner");
        using var chief = await locked.SignInAsync("due-chief", "approver");
        using var viewer = await locked.SignInAsync("due-viewer", "viewer", LockedServer.Inside);
        foreach (var (code, grid) in new[] { ("DUE-1", LockedServer.Inside), ("DUE-2", LockedServer.Outside) })
        {
            var zone = await AnswerAsync(await planner.PostAsJsonAsync("api/zones", Of(await AroundAsync(grid, 0.00005), code)));
            zone = await AnswerAsync(await SendAsync(planner, HttpMethod.Post, $"api/zones/{code}/submit", new JsonObject(), zone));
            await AnswerAsync(await SendAsync(chief, HttpMethod.Post, $"api/zones/{code}/approve", new JsonObject(), zone));
        }

        var (own, other) = (await DueAsync(viewer, "DUE-1"), await DueAsync(viewer, "DUE-2"));
        own.GetProperty("evidence").GetProperty("start").GetString().ShouldBe("declared");
        other.GetProperty("evidence").ValueKind.ShouldBe(JsonValueKind.Null);
        other.GetProperty("words").ValueKind.ShouldBe(JsonValueKind.Null);
        (await DueAsync(chief, "DUE-2")).GetProperty("evidence").GetProperty("needs")[0].GetProperty("days").GetInt32().ShouldBe(14);
    }

    private static async Task<JsonElement> DueAsync(HttpClient client, string code) =>
        (await client.GetFromJsonAsync<JsonElement>("api/zones/due"))
            .GetProperty("zones")
            .EnumerateArray()
            .Single(zone => zone.GetProperty("code").GetString() == code);

    /// <summary>Around one building's point in the middle of a grid.</summary>
    private async Task<Envelope> AroundAsync(string grid, double degrees)
    {
        var point = await locked.Database.ReadAsync<Point>(
            "SELECT b.point FROM building b JOIN grid g ON g.path = b.grid WHERE replace(ltree2text(b.grid), '.', '-') = $1 "
                + "AND EXISTS (SELECT FROM household h WHERE h.building = b.id) ORDER BY ST_Distance(b.point, "
                + "ST_Boundary(g.outline)) DESC, b.id LIMIT 1",
            grid
        );
        return new Envelope(point.X - degrees, point.X + degrees, point.Y - degrees, point.Y + degrees);
    }

    private static JsonObject Of(Envelope box, string? code = null) => Planner.Feature(box.MinX, box.MinY, box.MaxX, box.MaxY, code: code);

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client,
        HttpMethod method,
        string path,
        JsonNode? body,
        JsonElement seen
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Headers.TryAddWithoutValidation("If-Match", seen.GetProperty("etag").GetString());
        if (body is not null)
            request.Content = JsonContent.Create(body);
        return await client.SendAsync(request);
    }

    private static async Task<JsonElement> AnswerAsync(HttpResponseMessage response)
    {
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task RefusedAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.Forbidden, await response.Content.ReadAsStringAsync());
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("code").GetString().ShouldBe("outside-scope");
        problem.TryGetProperty("inside", out _).ShouldBeFalse();
    }
}
