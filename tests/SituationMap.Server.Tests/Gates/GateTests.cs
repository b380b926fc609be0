using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using SituationMap.Server.Tests.Access;

namespace SituationMap.Server.Tests.Gates;

/// <summary>Passes from giving out to the end, decisions at a gate, and who goes through it and lives elsewhere.</summary>
public sealed class GateTests(LockedServer locked) : IClassFixture<LockedServer>
{
    private const string Checkpoint = "C-1";
    private static readonly string Today = $"{DateTimeOffset.UtcNow.ToOffset(TimeSpan.FromHours(8)):yyyy-MM-dd}";

    [Fact]
    public async Task A_pass_is_let_through_until_it_is_ended_and_sent_again_it_is_the_same()
    {
        using var worker = await locked.SignInAsync("pass-worker", "reporter", LockedServer.Inside);
        using var other = await locked.SignInAsync("pass-other", "reporter", LockedServer.Outside);
        using var guard = await locked.SignInAsync("pass-guard", "guard");
        var pass = NewPass(await HouseholdAsync(LockedServer.Inside, "healthy", 3));
        var given = await GiveAsync(worker, pass);
        var token = given.GetProperty("token").GetString()!;
        var path = $"api/passes/{given.GetProperty("serial").GetInt64()}";

        token.Length.ShouldBeLessThanOrEqualTo(150);
        (await GiveAsync(worker, pass)).ToString().ShouldBe(given.ToString());
        (await LockedServer.GetAsync(worker, path)).ToString().ShouldBe(given.ToString());
        (await other.GetAsync(new Uri(path, UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await other.PostAsJsonAsync("api/passes", new { passes = new[] { pass } })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var decision = await CheckAsync(
            guard,
            new
            {
                checkpoint = Checkpoint,
                direction = "out",
                token,
            }
        );
        decision.GetProperty("decision").GetString().ShouldBe("go");
        decision.GetProperty("serial").GetInt64().ShouldBe(given.GetProperty("serial").GetInt64());

        var end = new { id = Guid.NewGuid(), why = "lost" };
        (await worker.PostAsJsonAsync($"{path}/end", end)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await worker.PostAsJsonAsync($"{path}/end", end)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (
            await CheckAsync(
                guard,
                new
                {
                    checkpoint = Checkpoint,
                    direction = "out",
                    token,
                }
            )
        ).GetProperty("rule").GetString().ShouldBe("pass-revoked");
        (
            await CheckAsync(
                guard,
                new
                {
                    checkpoint = Checkpoint,
                    direction = "out",
                    token = $"{token[..100]}{(token[100] == 'A' ? 'B' : 'A')}{token[101..]}",
                }
            )
        ).GetProperty("rule").GetString().ShouldBe("pass-forged");
    }

    [Fact]
    public async Task A_sheet_has_a_code_for_each_pass_that_counts_and_no_name()
    {
        using var worker = await locked.SignInAsync("sheet-worker", "reporter", LockedServer.Outside);
        var passes = new List<JsonElement>();
        for (var i = 0; i < 3; i++)
            passes.Add(await GiveAsync(worker, NewPass(await HouseholdAsync(LockedServer.Outside, "healthy", i))));
        (
            await worker.PostAsJsonAsync($"api/passes/{passes[0].GetProperty("serial")}/end", new { id = Guid.NewGuid(), why = "moved" })
        ).StatusCode.ShouldBe(HttpStatusCode.OK);

        using var answer = await worker.GetAsync(new Uri($"api/passes/print?grid={LockedServer.Outside}", UriKind.Relative));
        var page = await answer.Content.ReadAsStringAsync();

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        page.Split("<svg").Length.ShouldBe(1 + 2);
        page.ShouldContain(passes[1].GetProperty("household").GetString()!);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task Whoever_stays_at_home_is_stopped_in_words_that_tell_nothing_and_what_happened_is_stored()
    {
        using var guard = await locked.SignInAsync("stay-guard", "guard");
        var household = await HouseholdAsync(LockedServer.Outside, "quarantined", 0);

        var asked = await CheckAsync(
            guard,
            new
            {
                checkpoint = Checkpoint,
                direction = "out",
                household,
            }
        );
        (asked.GetProperty("decision").GetString(), asked.GetProperty("rule").GetString()).ShouldBe(("stop", "home-stays"));
        asked.ToString().ShouldNotContain("quarantine");
        asked.ToString().ShouldNotContain(household);
        (
            await CheckAsync(
                guard,
                new
                {
                    checkpoint = Checkpoint,
                    direction = "out",
                    household,
                    purpose = "doctor",
                }
            )
        ).GetProperty("decision").GetString().ShouldBe("go");
        (
            await CheckAsync(
                guard,
                new
                {
                    checkpoint = Checkpoint,
                    direction = "in",
                    household,
                    celsius = 38.2,
                }
            )
        ).GetProperty("decision").GetString().ShouldBe("refer");
        (
            await guard.PostAsJsonAsync(
                "api/gate/check",
                new
                {
                    checkpoint = "C-2",
                    direction = "out",
                    household,
                }
            )
        ).StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        using var passed = await guard.PostAsJsonAsync("api/facts", Passage(household));
        passed.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var item = (await passed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items")[0];
        item.GetProperty("outcome").GetString().ShouldBe("accepted");
        item.GetProperty("gate").GetProperty("decision").GetString().ShouldBe("stop");
        item.GetProperty("gate").GetProperty("rule").GetString().ShouldBe("home-stays");
    }

    [Fact]
    public async Task One_of_a_household_goes_out_every_other_day()
    {
        using var guard = await locked.SignInAsync("every-guard", "guard");
        var household = await HouseholdAsync(LockedServer.Outside, "healthy", 5);
        using var first = await guard.PostAsJsonAsync("api/facts", Passage(household));
        using var second = await guard.PostAsJsonAsync("api/facts", Passage(household));

        (await GateOf(second)).GetProperty("rule").GetString().ShouldBeOneOf("one-in-two-days", "night");
        (await GateOf(first)).GetProperty("rule").GetString().ShouldBeOneOf("going-out", "night");

        static async Task<JsonElement> GateOf(HttpResponseMessage answer) =>
            (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("items")[0].GetProperty("gate");
    }

    [Fact]
    public async Task A_visitor_is_in_the_round_of_the_household_until_it_was_visited()
    {
        using var guard = await locked.SignInAsync("visit-guard", "guard");
        using var worker = await locked.SignInAsync("visit-worker", "reporter", LockedServer.Inside);
        var household = await HouseholdAsync(LockedServer.Inside, "healthy", 7);
        (await ItemsAsync()).ShouldNotContain("visitor");

        (await guard.PostAsJsonAsync("api/crossings", Crossing("visitor", household))).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await DemoServer.WaitAsync(async () => (await ItemsAsync()).Contains("visitor"));
        var visit = DemoServer.Returned(household);
        (visit["kind"], visit["at"], visit["source"]) = ("visit", DateTimeOffset.UtcNow, "person:visit-worker");
        visit["data"] = JsonSerializer.SerializeToNode(new { outcome = "met", by = "door" });
        (await worker.PostAsJsonAsync("api/facts", visit)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await DemoServer.WaitAsync(async () => !(await ItemsAsync()).Contains("visitor"));

        async Task<List<string?>> ItemsAsync() =>
            [
                .. (await LockedServer.GetAsync(worker, $"api/work?grid={LockedServer.Inside}&kind=visit&limit=1000"))
                    .GetProperty("buildings")
                    .EnumerateArray()
                    .SelectMany(building => building.GetProperty("households").EnumerateArray())
                    .Where(home => home.GetProperty("household").GetString() == household)
                    .SelectMany(home => home.GetProperty("items").EnumerateArray())
                    .Select(item => item.GetProperty("rule").GetString()),
            ];
    }

    [Fact]
    public async Task What_a_gate_kept_offline_arrives_once_however_often_it_is_sent()
    {
        using var guard = await locked.SignInAsync("offline-guard", "guard");
        var household = await HouseholdAsync(LockedServer.Outside, "healthy", 8);
        string[] who = ["visitor", "courier", "vehicle", "worker"];
        var crossings = Enumerable.Range(0, 400).Select(i => Crossing(who[i % 4], i % 4 == 0 ? household : null)).ToArray();

        for (var i = 0; i < 2; i++)
        {
            using var sent = await guard.PostAsync(
                new Uri("api/crossings", UriKind.Relative),
                new StringContent(
                    string.Join('\n', crossings.Select(crossing => JsonSerializer.Serialize(crossing))),
                    System.Text.Encoding.UTF8,
                    "application/x-ndjson"
                )
            );
            var answer = await sent.Content.ReadFromJsonAsync<JsonElement>();
            (answer.GetProperty("accepted").GetInt32(), answer.GetProperty("duplicate").GetInt32()).ShouldBe(i == 0 ? (400, 0) : (0, 400));
        }
        var counts = await LockedServer.GetAsync(guard, $"api/crossings/counts?checkpoint={Checkpoint}");
        counts
            .GetProperty("hours")
            .EnumerateArray()
            .Where(hour => hour.GetProperty("who").GetString() == "courier")
            .Sum(hour => hour.GetProperty("in").GetInt32())
            .ShouldBe(100);
    }

    [Theory]
    [InlineData("plate")]
    [InlineData("name")]
    public async Task No_name_and_no_plate_is_taken(string field)
    {
        using var guard = await locked.SignInAsync($"no-{field}", "guard");
        var crossing = JsonSerializer.SerializeToNode(Crossing("vehicle", null))!.AsObject();
        crossing[field] = "辽F12345";

        using var refused = await guard.PostAsJsonAsync("api/crossings", crossing);

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        (problem.GetProperty("code").GetString(), problem.GetProperty("field").GetString()).ShouldBe(("field-unknown", field));
        problem.ToString().ShouldNotContain("12345");
    }

    private async Task<string> HouseholdAsync(string grid, string status, int offset) =>
        await locked.Database.ReadAsync<string>(
            "SELECT h.code FROM household h JOIN household_status s ON s.household = h.id WHERE replace(h.grid::text, '.', '-') = $1 "
                + $"AND s.status = $2::status ORDER BY h.id OFFSET {offset} LIMIT 1",
            grid,
            status
        );

    private static object NewPass(string household) =>
        new
        {
            id = Guid.NewGuid(),
            household,
            kind = "worker",
            from = Today,
            to = Today,
        };

    private static object Passage(string household) =>
        new
        {
            id = Guid.NewGuid(),
            kind = "passage",
            household,
            at = DateTimeOffset.UtcNow,
            source = $"checkpoint:{Checkpoint}",
            data = new { checkpoint = Checkpoint, direction = "out" },
        };

    private static object Crossing(string who, string? household) =>
        new
        {
            id = Guid.NewGuid(),
            at = DateTimeOffset.UtcNow.AddMinutes(-1),
            checkpoint = Checkpoint,
            direction = "in",
            who,
            household,
            outcome = "go",
        };

    private static async Task<JsonElement> GiveAsync(HttpClient client, object pass)
    {
        using var answer = await client.PostAsJsonAsync("api/passes", new { passes = new[] { pass } });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("passes")[0];
    }

    private static async Task<JsonElement> CheckAsync(HttpClient guard, object question)
    {
        using var answer = await guard.PostAsJsonAsync("api/gate/check", question);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
