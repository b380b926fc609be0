using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using SituationMap.Server.Tests.Access;

namespace SituationMap.Server.Tests.Gates;

/// <summary>What a gate needs without a network, and what it reports afterwards by the numbers of passes.</summary>
public sealed class GatePackTests(LockedServer locked) : IClassFixture<LockedServer>
{
    private const string Pack = "api/gate/pack?checkpoint=C-1";
    private static readonly string Today = $"{DateTimeOffset.UtcNow.ToOffset(TimeSpan.FromHours(8)):yyyy-MM-dd}";

    [Fact]
    public async Task It_holds_ended_passes_and_those_of_who_stays_alike_and_names_no_household()
    {
        using var worker = await locked.SignInAsync("held-worker", "reporter");
        using var guard = await locked.SignInAsync("held-guard", "guard");
        var good = await GiveAsync(worker, await HouseholdAsync("healthy", 11));
        var ended = await GiveAsync(worker, await HouseholdAsync("healthy", 12));
        var stays = await GiveAsync(worker, await HouseholdAsync("quarantined", 1));
        var carer = await GiveAsync(worker, await HouseholdAsync("quarantined", 1), "carer");
        (await worker.PostAsJsonAsync($"api/passes/{ended.Serial}/end", new { id = Guid.NewGuid(), why = "lost" })).StatusCode.ShouldBe(
            HttpStatusCode.OK
        );

        using var answer = await guard.GetAsync(new Uri(Pack, UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var pack = await answer.Content.ReadFromJsonAsync<JsonElement>();

        var held = pack.GetProperty("held").EnumerateArray().Select(serial => serial.GetInt64()).ToList();
        held.ShouldBe(held.Order());
        held.ShouldContain(ended.Serial);
        held.ShouldContain(stays.Serial);
        held.ShouldNotContain(good.Serial);
        held.ShouldNotContain(carer.Serial);
        pack.ToString().ShouldNotMatch("\"[HPB]-", "the code of a household, person or building");
        (pack.GetProperty("until").GetDateTimeOffset() - pack.GetProperty("asOf").GetDateTimeOffset()).ShouldBe(TimeSpan.FromHours(36));
        pack.EnumerateObject()
            .Select(property => property.Name)
            .ShouldBe(
                ["asOf", "until", "checkpoint", "name", "timeZone", "place", "keys", "rules", "refused", "held", "outs"],
                ignoreOrder: true
            );
        // and what it decides by is what the server does
        var keys = await LockedServer.GetAsync(guard, "api/gate/keys");
        pack.GetProperty("keys").GetRawText().ShouldBe(keys.GetProperty("keys").GetRawText());
        pack.GetProperty("place").GetInt64().ShouldBe(keys.GetProperty("place").GetInt64());
        pack.GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("id").GetString()).ShouldContain("home-stays");
    }

    [Fact]
    public async Task A_passage_by_the_number_of_a_pass_is_of_its_household_and_arrives_once()
    {
        using var worker = await locked.SignInAsync("number-worker", "reporter");
        using var guard = await locked.SignInAsync("number-guard", "guard");
        var household = await HouseholdAsync("healthy", 13);
        var pass = await GiveAsync(worker, household);
        var before = await TagAsync(guard);
        var passage = Fact("passage", pass.Serial, new { checkpoint = "C-1", direction = "out" });

        (await OutcomeAsync(guard, passage)).ShouldBe("accepted");
        (await OutcomeAsync(guard, passage)).ShouldBe("duplicate");

        (
            await locked.Database.ReadAsync<long>(
                "SELECT count(*) FROM fact f JOIN household h ON h.id = f.household WHERE h.code = $1 AND f.id = $2",
                household,
                passage["id"]
            )
        ).ShouldBe(1);
        (await OutcomeAsync(guard, Fact("passage", 999_999, new { checkpoint = "C-1", direction = "out" }))).ShouldBe("pass-unknown");
        (await OutcomeAsync(worker, Fact("survey", pass.Serial, new { members = 2 }))).ShouldBe("household-unknown");
        // the pack tells of it by the pass alone
        (await TagAsync(guard)).ShouldNotBe(before);
        var outs = (await LockedServer.GetAsync(guard, Pack)).GetProperty("outs").EnumerateArray();
        outs.Single(day => day.GetProperty("day").GetString() == Today)
            .GetProperty("serials")
            .EnumerateArray()
            .Select(serial => serial.GetInt64())
            .ShouldContain(pass.Serial);
    }

    [Fact]
    public async Task It_is_given_at_the_own_checkpoint_alone_and_again_only_when_it_has_changed()
    {
        using var guard = await locked.SignInAsync("again-guard", "guard");
        using var again = new HttpRequestMessage(HttpMethod.Get, new Uri(Pack, UriKind.Relative));
        using (var first = await guard.GetAsync(new Uri(Pack, UriKind.Relative)))
            again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using var same = await guard.SendAsync(again);

        same.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await guard.GetAsync(new Uri("api/gate/pack?checkpoint=C-2", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await guard.GetAsync(new Uri("api/gate/pack", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private static async Task<string> TagAsync(HttpClient guard)
    {
        using var answer = await guard.GetAsync(new Uri(Pack, UriKind.Relative));
        return answer.Headers.ETag!.Tag;
    }

    private Task<string> HouseholdAsync(string status, int offset) =>
        locked.Database.ReadAsync<string>(
            "SELECT h.code FROM household h JOIN household_status s ON s.household = h.id WHERE s.status = $1::status "
                + $"ORDER BY h.id DESC OFFSET {offset} LIMIT 1",
            status
        );

    private static async Task<(long Serial, string Token)> GiveAsync(HttpClient worker, string household, string kind = "resident")
    {
        var pass = new
        {
            id = Guid.NewGuid(),
            household,
            kind,
            from = Today,
            to = Today,
        };
        using var answer = await worker.PostAsJsonAsync("api/passes", new { passes = new[] { pass } });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        var given = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("passes")[0];
        return (given.GetProperty("serial").GetInt64(), given.GetProperty("token").GetString()!);
    }

    private static Dictionary<string, object> Fact(string kind, long serial, object data) =>
        new()
        {
            ["id"] = Guid.NewGuid(),
            ["kind"] = kind,
            ["household"] = $"pass:{serial}",
            ["at"] = DateTimeOffset.UtcNow,
            ["source"] = "checkpoint:C-1",
            ["data"] = data,
        };

    /// <summary>The outcome, or the code of the refusal.</summary>
    private static async Task<string?> OutcomeAsync(HttpClient client, Dictionary<string, object> fact)
    {
        using var answer = await client.PostAsJsonAsync("api/facts", fact);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return answer.IsSuccessStatusCode
            ? body.GetProperty("items")[0].GetProperty("outcome").GetString()
            : body.GetProperty("code").GetString();
    }
}
