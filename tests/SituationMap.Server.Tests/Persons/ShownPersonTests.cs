using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using SituationMap.Server.Tests.Access;
using SituationMap.Store.Persons;

namespace SituationMap.Server.Tests.Persons;

/// <summary>What is known of persons is found exactly, and shown for a purpose to those who are in charge of them.</summary>
public sealed class ShownPersonTests(LockedServer locked) : PersonTests(locked)
{
    [Fact]
    public async Task A_reason_is_read_for_a_stated_purpose_by_who_sees_persons_there()
    {
        var (household, _) = await MemberAsync(LockedServer.Inside, 9);
        using var worker = await Locked.WithKeyAsync("reason-worker", "reporter", LockedServer.Inside);
        using var viewer = await Locked.WithKeyAsync("reason-viewer", "viewer");
        await ReportAsync(worker, household, new { status = "observed", reason = "She was at the market" });

        foreach (var client in (HttpClient[])[worker, viewer])
            (await LockedServer.GetAsync(client, $"api/households/{household}/status"))
                .GetProperty("pending")[0]
                .GetProperty("words")
                .GetProperty("en")
                .GetString()!
                .ShouldEndWith("(…)");
        ReasonIn(await LockedServer.GetAsync(worker, $"api/households/{household}/members")).ShouldBe("…");
        using var shown = await worker.PostAsJsonAsync($"api/households/{household}/members", new { purpose = "visit" });
        ReasonIn(await shown.Content.ReadFromJsonAsync<JsonElement>()).ShouldBe("She was at the market");
        using var refused = await viewer.PostAsJsonAsync($"api/households/{household}/members", new { purpose = "visit" });
        refused.StatusCode.ShouldBe(HttpStatusCode.Forbidden);

        static string? ReasonIn(JsonElement answer) =>
            answer.GetProperty("reasons").EnumerateArray().Single().GetProperty("reason").GetString();
    }

    [Fact]
    public async Task Members_are_masked_until_a_purpose_is_stated_and_each_look_is_recorded()
    {
        var (household, person) = await MemberAsync(LockedServer.Inside, 1);
        using var worker = await Locked.WithKeyAsync("look-worker", "reporter", LockedServer.Inside);
        await PutAsync(worker, person);

        var masked = await LockedServer.GetAsync(worker, $"api/households/{household}/members");
        masked.GetProperty("masked").GetBoolean().ShouldBeTrue();
        One(masked, person).GetProperty("phone").GetString().ShouldBe("139****5678");

        using (var without = await worker.PostAsJsonAsync($"api/households/{household}/members", new { note = "?" }))
            without.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var answer = await worker.PostAsJsonAsync(
            $"api/households/{household}/members",
            new { purpose = "contact-tracing", note = "called back" }
        );
        var shown = One(await answer.Content.ReadFromJsonAsync<JsonElement>(), person);
        (shown.GetProperty("name").GetString(), shown.GetProperty("phone").GetString(), shown.GetProperty("number").GetString()).ShouldBe(
            (Name, Phone, Number)
        );
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();

        (
            await Locked.Database.ReadRowsAsync(
                "SELECT account, purpose, origin FROM audit WHERE action = 'see persons' AND subject = $1",
                row => (row.GetString(0), row.GetString(1), row.GetString(2)),
                $"members of {household}"
            )
        ).ShouldBe([("look-worker", "contact-tracing: called back", "127.0.0.1")]);
    }

    [Fact]
    public async Task A_viewer_sees_how_many_members_there_are_and_not_which()
    {
        var (household, _) = await MemberAsync(LockedServer.Inside, 2);
        using var viewer = await Locked.WithKeyAsync("count-viewer", "viewer", LockedServer.Inside);
        using var worker = await Locked.WithKeyAsync("count-worker", "reporter", LockedServer.Inside);

        var seen = await LockedServer.GetAsync(viewer, $"api/households/{household}");
        seen.GetProperty("persons").GetInt32().ShouldBeGreaterThan(0);
        seen.GetProperty("members").ValueKind.ShouldBe(JsonValueKind.Null);
        (await LockedServer.GetAsync(worker, $"api/households/{household}"))
            .GetProperty("members")
            .GetArrayLength()
            .ShouldBe(seen.GetProperty("persons").GetInt32());
    }

    [Fact]
    public async Task Nobody_reaches_the_members_of_another_grid()
    {
        var (household, person) = await MemberAsync(LockedServer.Outside, 0);
        using var there = await Locked.WithKeyAsync("border-there", "reporter", LockedServer.Outside);
        await PutAsync(there, person, new PersonDetails("界外人", "13700000001", null));
        using var here = await Locked.WithKeyAsync("border-here", "reporter", LockedServer.Inside);

        foreach (
            var (method, path, body) in new (HttpMethod, string, object?)[]
            {
                (HttpMethod.Get, $"api/households/{household}/members", null),
                (HttpMethod.Post, $"api/households/{household}/members", new { purpose = "visit" }),
                (HttpMethod.Put, $"api/persons/{person}", new { name = "x" }),
                (HttpMethod.Post, $"api/persons/{person}/export", new { purpose = "visit" }),
            }
        )
        {
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative))
            {
                Content = body is null ? null : JsonContent.Create(body),
            };
            using var answer = await here.SendAsync(request);
            answer.StatusCode.ShouldBe(HttpStatusCode.NotFound, path);
        }
        (await SearchAsync(here, new { phone = "13700000001", purpose = "visit" })).ShouldBeEmpty();
        (await SearchAsync(there, new { phone = "+86 137-0000-0001", purpose = "visit" })).ShouldBe([person]);
    }

    [Fact]
    public async Task A_person_is_found_by_exactly_what_he_is_known_by_and_by_nothing_less()
    {
        var (_, person) = await MemberAsync(LockedServer.Inside, 3);
        using var worker = await Locked.WithKeyAsync("find-worker", "reporter", LockedServer.Inside);
        await PutAsync(worker, person, new PersonDetails("查无此人", "13600000003", "A1234567"));

        (await SearchAsync(worker, new { name = "查无此人", purpose = "visit" })).ShouldBe([person]);
        (await SearchAsync(worker, new { number = "a1234567", purpose = "visit" })).ShouldBe([person]);
        (await SearchAsync(worker, new { name = "查无此", purpose = "visit" })).ShouldBeEmpty();
        using var two = await worker.PostAsJsonAsync(
            "api/persons/search",
            new
            {
                name = "查无此人",
                phone = "13600000003",
                purpose = "visit",
            }
        );
        two.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        // what was searched for is not in the record
        (await Locked.Database.ReadAsync<long>("SELECT count(*) FROM audit WHERE audit::text LIKE '%查无此%'")).ShouldBe(0);
    }

    private static JsonElement One(JsonElement members, string person) =>
        members.GetProperty("members").EnumerateArray().Single(member => member.GetProperty("code").GetString() == person);
}
