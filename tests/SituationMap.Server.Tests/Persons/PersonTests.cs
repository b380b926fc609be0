using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using SituationMap.Server.Tests.Access;
using SituationMap.Store.Persons;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Persons;

/// <summary>What is known of persons: kept encrypted, found exactly, shown for a purpose, erased.</summary>
public sealed class PersonTests(LockedServer locked) : IClassFixture<LockedServer>
{
    private const string Name = "欧阳测试";
    private const string Phone = "13912345678";
    private const string Number = "11010519491231002X";

    [Fact]
    public async Task Nothing_stands_in_the_database_as_it_is()
    {
        var (household, person) = await MemberAsync(LockedServer.Inside, 0);
        using var worker = await locked.WithKeyAsync("rest-worker", "reporter", LockedServer.Inside);
        await PutAsync(worker, person);
        await ReportAsync(worker, household, new { status = "observed", reason = $"{Name} {Phone}" });

        var tables = await locked.Database.ReadRowsAsync(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname IN ('situation', 'quartz')",
            row => row.GetString(0)
        );
        foreach (var table in tables)
        {
            // the tables' names are from the catalogue
            var found = await locked.Database.ReadAsync<long>(
                $"SELECT count(*) FROM {table} t WHERE t::text LIKE '%' || $1 || '%' OR t::text LIKE '%' || $2 || '%' OR "
                    + "t::text LIKE '%' || $3 || '%' OR position(encode(convert_to($1, 'UTF8'), 'hex') IN t::text) > 0",
                Name,
                Phone,
                Number
            );
            found.ShouldBe(0, table);
        }
        (await locked.Database.ReadAsync<long>("SELECT count(*) FROM fact_text")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_reason_is_read_for_a_stated_purpose_by_who_sees_persons_there()
    {
        var (household, _) = await MemberAsync(LockedServer.Inside, 9);
        using var worker = await locked.WithKeyAsync("reason-worker", "reporter", LockedServer.Inside);
        using var viewer = await locked.WithKeyAsync("reason-viewer", "viewer");
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
        using var worker = await locked.WithKeyAsync("look-worker", "reporter", LockedServer.Inside);
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
            await locked.Database.ReadRowsAsync(
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
        using var viewer = await locked.WithKeyAsync("count-viewer", "viewer", LockedServer.Inside);
        using var worker = await locked.WithKeyAsync("count-worker", "reporter", LockedServer.Inside);

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
        using var there = await locked.WithKeyAsync("border-there", "reporter", LockedServer.Outside);
        await PutAsync(there, person, new PersonDetails("界外人", "13700000001", null));
        using var here = await locked.WithKeyAsync("border-here", "reporter", LockedServer.Inside);

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
        using var worker = await locked.WithKeyAsync("find-worker", "reporter", LockedServer.Inside);
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
        (await locked.Database.ReadAsync<long>("SELECT count(*) FROM audit WHERE audit::text LIKE '%查无此%'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_box_moved_to_another_person_cannot_be_opened()
    {
        var (household, first) = await MemberAsync(LockedServer.Inside, 4);
        var (_, second) = await MemberAsync(LockedServer.Inside, 5);
        using var worker = await locked.WithKeyAsync("move-worker", "reporter", LockedServer.Inside);
        await PutAsync(worker, first);
        await PutAsync(worker, second);
        await locked.Database.ExecuteAsync(
            "UPDATE person_detail SET name = (SELECT d.name FROM person_detail d JOIN person p ON p.id = d.person WHERE p.code "
                + "= $2) WHERE person = (SELECT id FROM person WHERE code = $1)",
            first,
            second
        );

        using var answer = await worker.GetAsync(new Uri($"api/households/{household}/members", UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("欧");
        await PutAsync(worker, first);
    }

    [Fact]
    public async Task One_person_gets_everything_that_is_known_of_him_and_is_erased_with_a_proof()
    {
        var (household, person) = await MemberAsync(LockedServer.Inside, 6);
        using var worker = await locked.WithKeyAsync("subject-worker", "reporter", LockedServer.Inside);
        using var administrator = await locked.WithKeyAsync("subject-administrator", "administrator");
        await PutAsync(worker, person, new PersonDetails("王要删", "13500000006", null));
        await ReportAsync(worker, household, new { celsius = 36.6 }, person);
        await ReportAsync(worker, household, new { status = "healthy", reason = "王要删 asked" }, person, "override");
        using (await worker.PostAsJsonAsync($"api/households/{household}/members", new { purpose = "visit" })) { }

        using var exported = await worker.PostAsJsonAsync($"api/persons/{person}/export", new { purpose = Purpose.SubjectRequest });
        var all = await exported.Content.ReadFromJsonAsync<JsonElement>();
        all.GetProperty("name").GetString().ShouldBe("王要删");
        all.GetProperty("facts").EnumerateArray().Select(fact => fact.GetProperty("reason").GetString()).ShouldContain("王要删 asked");
        all.GetProperty("looks")
            .EnumerateArray()
            .Select(look => look.GetProperty("action").GetString())
            .ShouldBe(["record person", "see persons", "export person"], ignoreOrder: true);

        using var erased = await administrator.PostAsJsonAsync($"api/persons/{person}/erase", new { purpose = Purpose.SubjectRequest });
        var left = (await erased.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString()!;

        using var gone = await worker.PostAsJsonAsync($"api/persons/{person}/export", new { purpose = Purpose.SubjectRequest });
        gone.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await SearchAsync(worker, new { phone = "13500000006", purpose = "visit" })).ShouldBeEmpty();
        (await locked.Database.ReadAsync<bool>("SELECT born IS NULL AND sex IS NULL FROM person WHERE code = $1", left)).ShouldBeTrue();
        (
            await locked.Database.ReadAsync<long>("SELECT count(*) FROM fact f JOIN person p ON p.id = f.person WHERE p.code = $1", left)
        ).ShouldBeGreaterThanOrEqualTo(2);
        var proof = await locked.Database.ReadRowAsync(
            "SELECT details FROM audit WHERE action = 'erase person' AND subject = $1",
            row => row.GetFieldValue<JsonElement>(0),
            left
        );
        (proof.GetProperty("details").GetInt32(), proof.GetProperty("reasons").GetInt32()).ShouldBe((1, 1));
        proof.GetRawText().ShouldNotContain(person);
        (await locked.Audit.VerifyAsync(default)).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_report_with_a_phone_number_where_a_place_belongs_is_refused()
    {
        var (household, _) = await MemberAsync(LockedServer.Inside, 0);
        using var worker = await locked.WithKeyAsync("place-worker", "reporter", LockedServer.Inside);

        using var answer = await worker.PostAsJsonAsync(
            "api/facts",
            new
            {
                id = Guid.NewGuid(),
                kind = "returned",
                household,
                at = DateTimeOffset.UtcNow,
                source = "person:place-worker",
                data = new { from = $"ring {Phone}", risk = "low" },
            }
        );

        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var body = await answer.Content.ReadAsStringAsync();
        body.ShouldContain("personal-data");
        body.ShouldNotContain(Phone);
    }

    [Fact]
    public async Task The_same_decision_again_is_known_as_a_repeat()
    {
        var (household, _) = await MemberAsync(LockedServer.Inside, 0);
        using var worker = await locked.WithKeyAsync("repeat-worker", "reporter", LockedServer.Inside);
        var fact = new
        {
            id = Guid.NewGuid(),
            kind = "override",
            household,
            at = DateTimeOffset.UtcNow,
            source = "person:w",
            data = new { status = "observed", reason = "the same" },
        };
        using (await worker.PostAsJsonAsync("api/facts", fact)) { }

        using var again = await worker.PostAsJsonAsync("api/facts", fact);

        (await again.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("duplicate").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task What_is_past_its_time_is_erased_by_the_job_and_the_record_says_so()
    {
        var (household, person) = await MemberAsync(LockedServer.Outside, 1);
        using var worker = await locked.WithKeyAsync("retention-worker", "reporter", LockedServer.Outside);
        await PutAsync(worker, person);
        await ReportAsync(worker, household, new { status = "healthy", reason = "kept a while" }, kind: "override");
        var options = new SituationMapOptions
        {
            Retention = new RetentionOptions { Persons = 30, Reasons = 30 },
        };
        var vault = await TestSecrets.OpenVaultAsync(locked.Database);

        (await new PersonErasure(locked.Database.DataSource, vault, options, TimeProvider.System).EraseWhatIsOverAsync(default)).ShouldBe(
            (0, 0)
        );
        var later = new AMonthLater();
        var (persons, reasons) = await new PersonErasure(locked.Database.DataSource, vault, options, later).EraseWhatIsOverAsync(default);

        persons.ShouldBeGreaterThan(0);
        reasons.ShouldBeGreaterThan(0);
        (await locked.Database.ReadAsync<long>("SELECT sum((details->>'rows')::int) FROM audit WHERE account = 'retention'")).ShouldBe(
            persons + reasons
        );
    }

    private sealed class AMonthLater : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddDays(31);
    }

    private static JsonElement One(JsonElement members, string person) =>
        members.GetProperty("members").EnumerateArray().Single(member => member.GetProperty("code").GetString() == person);

    private static async Task PutAsync(HttpClient client, string person, PersonDetails? details = null)
    {
        using var answer = await client.PutAsJsonAsync($"api/persons/{person}", details ?? new PersonDetails(Name, Phone, Number));
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<string[]> SearchAsync(HttpClient client, object search)
    {
        using var answer = await client.PostAsJsonAsync("api/persons/search", search);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return
        [
            .. (await answer.Content.ReadFromJsonAsync<JsonElement>())
                .GetProperty("persons")
                .EnumerateArray()
                .Select(found => found.GetProperty("code").GetString()!),
        ];
    }

    private static async Task ReportAsync(HttpClient client, string household, object data, string? person = null, string? kind = null)
    {
        kind ??= person is null ? "override" : "temperature";
        using var answer = await client.PostAsJsonAsync(
            "api/facts",
            new
            {
                id = Guid.NewGuid(),
                kind,
                household,
                person,
                at = DateTimeOffset.UtcNow,
                source = "person:worker",
                data,
            }
        );
        answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>A household of a grid and one of its members; each number another household.</summary>
    private async Task<(string Household, string Person)> MemberAsync(string grid, int number) =>
        await locked.Database.ReadRowAsync(
            """
            SELECT h.code, min(p.code) FROM household h JOIN person p ON p.household = h.id
            LEFT JOIN household_status s ON s.household = h.id
            WHERE h.grid = text2ltree(replace($1, '-', '.')) AND COALESCE(s.status, 'healthy') = 'healthy'
              GROUP BY h.code ORDER BY h.code OFFSET $2 LIMIT 1
            """,
            row => (row.GetString(0), row.GetString(1)),
            grid,
            number * 3
        );
}
