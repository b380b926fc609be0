using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using SituationMap.Server.Tests.Access;
using SituationMap.Store.Persons;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Persons;

/// <summary>What is known of persons is kept encrypted, where it belongs, and erased.</summary>
public sealed class StoredPersonTests(LockedServer locked) : PersonTests(locked)
{
    [Fact]
    public async Task Nothing_stands_in_the_database_as_it_is()
    {
        var (household, person) = await MemberAsync(LockedServer.Inside, 0);
        using var worker = await Locked.WithKeyAsync("rest-worker", "reporter", LockedServer.Inside);
        await PutAsync(worker, person);
        await ReportAsync(worker, household, new { status = "observed", reason = $"{Name} {Phone}" });

        var tables = await Locked.Database.ReadRowsAsync(
            "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname IN ('situation', 'hangfire')",
            row => row.GetString(0)
        );
        foreach (var table in tables)
        {
            // the tables' names are from the catalogue
            var found = await Locked.Database.ReadAsync<long>(
                $"SELECT count(*) FROM {table} t WHERE t::text LIKE '%' || $1 || '%' OR t::text LIKE '%' || $2 || '%' OR "
                    + "t::text LIKE '%' || $3 || '%' OR position(encode(convert_to($1, 'UTF8'), 'hex') IN t::text) > 0",
                Name,
                Phone,
                Number
            );
            found.ShouldBe(0, table);
        }
        (await Locked.Database.ReadAsync<long>("SELECT count(*) FROM fact_text")).ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_box_moved_to_another_person_cannot_be_opened()
    {
        var (household, first) = await MemberAsync(LockedServer.Inside, 4);
        var (_, second) = await MemberAsync(LockedServer.Inside, 5);
        using var worker = await Locked.WithKeyAsync("move-worker", "reporter", LockedServer.Inside);
        await PutAsync(worker, first);
        await PutAsync(worker, second);
        await Locked.Database.ExecuteAsync(
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
        using var worker = await Locked.WithKeyAsync("subject-worker", "reporter", LockedServer.Inside);
        using var administrator = await Locked.WithKeyAsync("subject-administrator", "administrator");
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
        (await Locked.Database.ReadAsync<bool>("SELECT born IS NULL AND sex IS NULL FROM person WHERE code = $1", left)).ShouldBeTrue();
        (
            await Locked.Database.ReadAsync<long>("SELECT count(*) FROM fact f JOIN person p ON p.id = f.person WHERE p.code = $1", left)
        ).ShouldBeGreaterThanOrEqualTo(2);
        var proof = await Locked.Database.ReadRowAsync(
            "SELECT details FROM audit WHERE action = 'erase person' AND subject = $1",
            row => row.GetFieldValue<JsonElement>(0),
            left
        );
        (proof.GetProperty("details").GetInt32(), proof.GetProperty("reasons").GetInt32()).ShouldBe((1, 1));
        proof.GetRawText().ShouldNotContain(person);
        (await Locked.Audit.VerifyAsync(default)).Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_report_with_a_phone_number_where_a_place_belongs_is_refused()
    {
        var (household, _) = await MemberAsync(LockedServer.Inside, 0);
        using var worker = await Locked.WithKeyAsync("place-worker", "reporter", LockedServer.Inside);

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
        using var worker = await Locked.WithKeyAsync("repeat-worker", "reporter", LockedServer.Inside);
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
        using var worker = await Locked.WithKeyAsync("retention-worker", "reporter", LockedServer.Outside);
        await PutAsync(worker, person);
        await ReportAsync(worker, household, new { status = "healthy", reason = "kept a while" }, kind: "override");
        var options = new SituationMapOptions
        {
            Retention = new RetentionOptions { Persons = 30, Reasons = 30 },
        };
        var vault = await TestSecrets.OpenVaultAsync(Locked.Database);

        (await new PersonErasure(Locked.Database.DataSource, vault, options, TimeProvider.System).EraseWhatIsOverAsync(default)).ShouldBe(
            (0, 0)
        );
        var later = new AMonthLater();
        var (persons, reasons) = await new PersonErasure(Locked.Database.DataSource, vault, options, later).EraseWhatIsOverAsync(default);

        persons.ShouldBeGreaterThan(0);
        reasons.ShouldBeGreaterThan(0);
        (await Locked.Database.ReadAsync<long>("SELECT sum((details->>'rows')::int) FROM audit WHERE account = 'retention'")).ShouldBe(
            persons + reasons
        );
    }

    private sealed class AMonthLater : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow.AddDays(31);
    }
}
