using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Access;

/// <summary>A guard lets anybody through his checkpoint, in his hours, and sees nobody.</summary>
public sealed class GuardTests(LockedServer locked) : IClassFixture<LockedServer>
{
    private const string Checkpoint = "C-1";

    [Fact]
    public async Task A_guard_reports_a_passage_of_anybody_through_his_checkpoint_and_no_other()
    {
        using var guard = await GuardAsync("gate-own");
        foreach (var grid in (string[])[LockedServer.Inside, LockedServer.Outside])
            (await guard.PostAsJsonAsync("api/facts", Passage(await HouseholdAsync(grid)))).StatusCode.ShouldBe(
                HttpStatusCode.Accepted,
                grid
            );

        (await RefusalAsync(guard, Passage(await HouseholdAsync(LockedServer.Inside), "C-2"))).ShouldBe(
            ("right-missing", "data.checkpoint")
        );
        (await RefusalAsync(guard, Passage("H-nobody"))).ShouldBe(("household-unknown", "household"));
    }

    [Fact]
    public async Task A_guard_reports_nothing_else_and_names_no_member()
    {
        using var guard = await GuardAsync("gate-else");
        var household = await HouseholdAsync(LockedServer.Inside);
        var member = await locked.Database.ReadAsync<string>(
            "SELECT p.code FROM person p JOIN household h ON h.id = p.household WHERE h.code = $1 ORDER BY p.id LIMIT 1",
            household
        );

        (await RefusalAsync(guard, DemoServer.Returned(household))).ShouldBe(("right-missing", "kind"));
        (await RefusalAsync(guard, Passage(household, person: member))).ShouldBe(("value-wrong", "person"));
        (await RefusalAsync(guard, Passage(household, person: "P-nobody"))).ShouldBe(("value-wrong", "person"));
    }

    [Fact]
    public async Task A_guard_reports_what_was_in_his_hours()
    {
        using var guard = await GuardAsync("gate-night", from: "22:00", to: "06:00");
        var household = await HouseholdAsync(LockedServer.Outside);

        (await guard.PostAsJsonAsync("api/facts", Passage(household, at: "2020-02-03T23:30:00+08:00"))).StatusCode.ShouldBe(
            HttpStatusCode.Accepted
        );
        (await RefusalAsync(guard, Passage(household, at: "2020-02-03T06:00:00+08:00"))).ShouldBe(("right-missing", "at"));
        var rights = (await LockedServer.GetAsync(guard, "api/session")).GetProperty("checkpoints").EnumerateArray().ShouldHaveSingleItem();
        rights.GetProperty("code").GetString().ShouldBe(Checkpoint);
        rights.GetProperty("from").GetString().ShouldBe("22:00");
    }

    [Theory]
    [InlineData("""{"role":"guard"}""", "checkpoint")]
    [InlineData("""{"role":"guard","checkpoint":"C-none"}""", "checkpoint")]
    [InlineData("""{"role":"guard","checkpoint":"C-1","grid":"210682-004-01"}""", "grid")]
    [InlineData("""{"role":"viewer","checkpoint":"C-1"}""", "checkpoint")]
    [InlineData("""{"role":"guard","checkpoint":"C-1","from":"08:00"}""", "to")]
    [InlineData("""{"role":"guard","checkpoint":"C-1","from":"8","to":"12:00"}""", "from")]
    [InlineData("""{"role":"guard","checkpoint":"C-1","from":"08:00","to":"08:00"}""", "to")]
    [InlineData("""{"role":"viewer","from":"08:00","to":"12:00"}""", "from")]
    public async Task What_no_guard_could_be_granted_is_refused_by_its_field(string grant, string field)
    {
        using var root = await locked.WithKeyAsync($"root-{Guid.NewGuid():N}", "administrator");
        using var body = new StringContent(grant, System.Text.Encoding.UTF8, "application/json");
        using var refused = await root.PostAsync(new Uri("api/access/accounts/nobody-such/grants", UriKind.Relative), body);

        refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString().ShouldBe(field);
    }

    /// <summary>A client of a guard of <see cref="Checkpoint"/>, as an administrator has granted it.</summary>
    private async Task<HttpClient> GuardAsync(string name, string? from = null, string? to = null)
    {
        using var root = await locked.WithKeyAsync($"root-{name}", "administrator");
        var guard = await locked.SignInAsync(name, role: null);
        using var granted = await root.PostAsJsonAsync(
            $"api/access/accounts/{name}/grants",
            new
            {
                role = "guard",
                checkpoint = Checkpoint,
                from,
                to,
            }
        );
        granted.StatusCode.ShouldBe(HttpStatusCode.NoContent, await granted.Content.ReadAsStringAsync());
        return guard;
    }

    private Task<string> HouseholdAsync(string grid) =>
        locked.Database.ReadAsync<string>("SELECT code FROM household WHERE replace(grid::text, '.', '-') = $1 ORDER BY id LIMIT 1", grid);

    private static object Passage(
        string household,
        string checkpoint = Checkpoint,
        string? person = null,
        string at = "2020-02-03T09:00:00+08:00"
    ) =>
        new
        {
            id = Guid.NewGuid(),
            kind = "passage",
            household,
            person,
            at,
            source = $"checkpoint:{checkpoint}",
            data = new { checkpoint, direction = "out" },
        };

    private static async Task<(string? Code, string? Field)> RefusalAsync(HttpClient client, object fact)
    {
        using var refused = await client.PostAsJsonAsync("api/facts", fact);
        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        return (problem.GetProperty("code").GetString(), problem.GetProperty("field").GetString());
    }
}
