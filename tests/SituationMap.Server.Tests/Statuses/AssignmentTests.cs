using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using SituationMap.Server.Tests.Access;
using static SituationMap.Server.Tests.Access.Decisions;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>Who is to do what is to be done: facts of the kind assignment.</summary>
public sealed class AssignmentTests(LockedServer locked) : IClassFixture<LockedServer>
{
    [Fact]
    public async Task Whoever_reports_takes_an_item_or_a_home_and_gives_it_back()
    {
        using var worker = await locked.WithKeyAsync("taking-worker", "reporter", LockedServer.Inside);
        using var viewer = await locked.WithKeyAsync("taking-viewer", "viewer");
        var household = await OwingAsync(worker, skip: 0);
        var items = await ItemsAsync(worker, household);
        items.Values.ShouldAllBe(to => to == null);
        var taken = items.Keys.First();

        (await OutcomeAsync(worker, Assignment(household, taken, "taking-worker"))).ShouldBe("accepted");

        (await ItemsAsync(viewer, household)).ShouldBe(
            items.ToDictionary(one => one.Key, one => one.Key == taken ? "taking-worker" : null)
        );
        (await ItemsAsync(worker, household, "&assigned=me")).Keys.ShouldBe([taken]);
        (await ItemsAsync(viewer, household, "&assigned=taking-worker")).Keys.ShouldBe([taken]);
        (await ItemsAsync(viewer, household, "&assigned=me")).ShouldBeEmpty();
        (await ItemsAsync(viewer, household, "&assigned=none")).Keys.ShouldBe(items.Keys.Where(id => id != taken), ignoreOrder: true);

        // the whole home, and back again
        var home = Assignment(household, null, "taking-worker");
        (await OutcomeAsync(worker, home)).ShouldBe("accepted");
        (await ItemsAsync(viewer, household)).Values.ShouldAllBe(to => to == "taking-worker");
        (await OutcomeAsync(worker, Assignment(household, taken, null))).ShouldBe("accepted");
        (await ItemsAsync(viewer, household))[taken].ShouldBeNull();
        (await OutcomeAsync(worker, Assignment(household, null, null))).ShouldBe("accepted");
        (await ItemsAsync(viewer, household)).Values.ShouldAllBe(to => to == null);
    }

    [Fact]
    public async Task To_whom_it_is_assigned_is_said_or_not_asked_for()
    {
        using var viewer = await locked.WithKeyAsync("asking-viewer", "viewer");
        using var answer = await viewer.GetAsync(new Uri("api/work?assigned=", UriKind.Relative));
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString().ShouldBe("assigned");
    }

    [Fact]
    public async Task One_that_is_taken_back_was_none_and_the_status_is_as_it_was()
    {
        using var worker = await locked.WithKeyAsync("retracting-worker", "reporter", LockedServer.Inside);
        var household = await OwingAsync(worker, skip: 1);
        var fact = Assignment(household, null, "retracting-worker");
        var before = await StatusOfAsync(worker, fact);
        (await OutcomeAsync(worker, fact)).ShouldBe("accepted");
        (await ItemsAsync(worker, household)).Values.ShouldAllBe(to => to == "retracting-worker");

        var retraction = DemoServer.Returned(household);
        (retraction["kind"], retraction["data"]) = (
            "retraction",
            new JsonObject { ["fact"] = (Guid)fact["id"]!, ["reason"] = "another home" }
        );
        (await OutcomeAsync(worker, retraction)).ShouldBe("accepted");

        (await ItemsAsync(worker, household)).Values.ShouldAllBe(to => to == null);
        (await StatusOfAsync(worker, fact)).ShouldBe(before);
    }

    [Fact]
    public async Task Only_those_who_may_order_there_give_work_to_others()
    {
        using var worker = await locked.WithKeyAsync("giving-worker", "reporter", LockedServer.Inside);
        using var authority = await locked.WithKeyAsync("giving-authority", "authority", LockedServer.Inside);
        using var elsewhere = await locked.WithKeyAsync("giving-elsewhere", "authority", LockedServer.Outside);
        var household = await OwingAsync(worker, skip: 2);
        var fact = Assignment(household, null, "li.na");

        (await OutcomeAsync(worker, fact)).ShouldBe("right-missing");
        (await OutcomeAsync(elsewhere, fact)).ShouldBe("household-unknown");
        (await ItemsAsync(worker, household)).Values.ShouldAllBe(to => to == null);
        (await OutcomeAsync(authority, fact)).ShouldBe("accepted");
        (await ItemsAsync(worker, household)).Values.ShouldAllBe(to => to == "li.na");
    }

    [Fact]
    public async Task A_home_of_which_nothing_else_is_reported_can_be_taken()
    {
        using var worker = await locked.WithKeyAsync("quiet-worker", "reporter", LockedServer.Inside);
        var household = await locked.Database.ReadAsync<string>(
            """
            SELECT code FROM household h WHERE replace(ltree2text(grid), '.', '-') = $1
              AND NOT EXISTS (SELECT FROM fact WHERE household = h.id) ORDER BY code LIMIT 1
            """,
            LockedServer.Inside
        );
        var before = await ItemsAsync(worker, household);
        before.ShouldNotBeEmpty();

        (await OutcomeAsync(worker, Assignment(household, null, "quiet-worker"))).ShouldBe("accepted");

        (await ItemsAsync(worker, household)).ShouldBe(before.ToDictionary(one => one.Key, _ => (string?)"quiet-worker"));
    }

    [Theory]
    [InlineData("""{"work":"the visit"}""", "data.work")]
    [InlineData("""{"to":"13812345678"}""", "data.to")]
    [InlineData("""{"who":"li.na"}""", "data.who")]
    public async Task What_is_wrong_in_one_is_named(string data, string field)
    {
        using var worker = await locked.WithKeyAsync($"wrong-{Guid.NewGuid():N}", "reporter", LockedServer.Inside);
        var fact = DemoServer.Returned("H-01-0001");
        (fact["kind"], fact["data"]) = ("assignment", JsonNode.Parse(data));

        using var answer = await worker.PostAsJsonAsync("api/facts", fact);

        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString().ShouldBe(field);
    }

    private static JsonObject Assignment(string household, Guid? work, string? to)
    {
        var fact = DemoServer.Returned(household);
        (fact["kind"], fact["at"]) = ("assignment", DateTimeOffset.UtcNow);
        fact["data"] = new JsonObject { ["work"] = work, ["to"] = to };
        return fact;
    }

    /// <summary>A household at which several things are to be done, all of them told to whoever sees it.</summary>
    private static async Task<string> OwingAsync(HttpClient client, int skip) =>
        Households(await LockedServer.GetAsync(client, $"api/work?grid={LockedServer.Inside}&limit=1000"))
            .Where(household => household.GetProperty("items").GetArrayLength() > 1)
            .Where(household =>
                household
                    .GetProperty("items")
                    .EnumerateArray()
                    .All(item => item.GetProperty("rule").GetString() == item.GetProperty("what").GetString())
            )
            .Skip(skip)
            .First()
            .GetProperty("household")
            .GetString()!;

    private static async Task<Dictionary<Guid, string?>> ItemsAsync(HttpClient client, string household, string query = "") =>
        Households(await LockedServer.GetAsync(client, $"api/work?grid={LockedServer.Inside}&limit=1000{query}"))
            .Where(one => one.GetProperty("household").GetString() == household)
            .SelectMany(one => one.GetProperty("items").EnumerateArray())
            .Where(item => item.GetProperty("id").ValueKind == JsonValueKind.String)
            .ToDictionary(
                item => item.GetProperty("id").GetGuid(),
                item => item.TryGetProperty("assignedTo", out var to) ? to.GetString() : null
            );

    private async Task<string> StatusOfAsync(HttpClient client, JsonObject fact)
    {
        await locked.StatusAsync(fact);
        var status = await LockedServer.GetAsync(client, $"api/households/{(string)fact["household"]!}/status");
        return $"{status.GetProperty("status")} {status.GetProperty("since")} {status.GetProperty("because")}";
    }

    private static IEnumerable<JsonElement> Households(JsonElement page) =>
        page.GetProperty("buildings").EnumerateArray().SelectMany(building => building.GetProperty("households").EnumerateArray());
}
