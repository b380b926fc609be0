using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Shouldly;
using SituationMap.Server.Residents;
using SituationMap.Server.Tests.Access;

namespace SituationMap.Server.Tests.Residents;

/// <summary>The page that the code on a door opens.</summary>
public sealed partial class ResidentPageTests(LockedServer locked) : IClassFixture<LockedServer>
{
    private readonly Doors _doors = new(locked);

    [Theory]
    [InlineData("zh-CN", "隔离", "为什么", "现在要做的事")]
    [InlineData("en", "uarantined", "Why", "What is to be done")]
    public async Task It_says_what_is_so_why_and_what_is_to_be_done(string language, string status, params string[] headings)
    {
        var household = await locked.Database.ReadAsync<string>(
            """
            SELECT h.code FROM household_status s JOIN household h ON h.id = s.household JOIN person p ON p.household = h.id
            WHERE s.status = 'quarantined' ORDER BY h.id LIMIT 1
            """
        );
        var page = WebUtility.HtmlDecode(await _doors.PageAsync(await _doors.CodeAsync(household), $"?lang={language}"));

        page.ShouldContain($"<html lang=\"{language}\">");
        foreach (var heading in headings)
            page.ShouldContain(heading);
        page.ShouldContain(status);
        page.ShouldContain("data-look=\"quarantined\"");
        using var viewer = await locked.WithKeyAsync($"reading-{language[..2]}", "viewer");
        foreach (
            var reason in (await LockedServer.GetAsync(viewer, $"api/households/{household}/status"))
                .GetProperty("because")
                .EnumerateArray()
        )
            page.ShouldContain(reason.GetProperty("words").GetProperty(language).GetString()!);
    }

    [Fact]
    public async Task A_fever_counts_at_once_is_to_be_confirmed_and_is_one_fact_when_sent_twice()
    {
        var household = await _doors.HouseholdAsync(3);
        var code = await _doors.CodeAsync(household);
        var (id, person) = (IdIn(await _doors.PageAsync(code)), await _doors.MemberAsync(household));

        for (var i = 0; i < 2; i++)
        {
            using var sent = await Doors.SendAsync(code, ("kind", "temperature"), ("id", id), ("person", person), ("celsius", "38,4"));
            sent.StatusCode.ShouldBe(HttpStatusCode.Redirect, await sent.Content.ReadAsStringAsync());
            (await _doors.PageAsync(new Uri(code, sent.Headers.Location!))).ShouldContain("role=\"status\"");
        }

        var (source, kind, celsius, count) = await locked.Database.ReadRowAsync(
            """
            SELECT min(f.source), min(f.account_kind), min(f.data->>'celsius'), count(*) FROM fact f
            JOIN household h ON h.id = f.household WHERE h.code = $1 AND f.kind = 'temperature'
            """,
            row => (row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3)),
            household
        );
        (source, kind, celsius, count).ShouldBe(($"resident:{household}", "door", "38.4", 1));
        (await _doors.RulesAsync(household)).ShouldContain("fever-check");
    }

    [Fact]
    public async Task A_return_is_declared_and_changes_no_status_before_somebody_confirms_it()
    {
        var household = await _doors.HouseholdAsync(4);
        var code = await _doors.CodeAsync(household);
        var before = await _doors.StatusAsync(household);

        using (var sent = await Doors.SendAsync(code, ("kind", "declaration"), ("what", "returned"), ("from", "<b>武汉</b>")))
            sent.StatusCode.ShouldBe(HttpStatusCode.Redirect);

        (await _doors.RulesAsync(household)).ShouldContain("declared-return");
        (await _doors.StatusAsync(household)).ShouldBe(before);
        using var worker = await locked.WithKeyAsync("confirming-worker", "reporter", LockedServer.Inside);
        var returned = DemoServer.Returned(household);
        returned["at"] = DateTimeOffset.UtcNow;
        (await Decisions.OutcomeAsync(worker, returned)).ShouldBe("accepted");
        (await _doors.RulesAsync(household)).ShouldNotContain("declared-return");
        (await _doors.PageAsync(code)).ShouldNotContain("<b>");
    }

    [Theory]
    [InlineData("returned", "risk=low", "kind")]
    [InlineData("order", "measure=quarantine&days=14", "kind")]
    [InlineData("retraction", "fact=0b6f0000-0000-4000-8000-000000000000&reason=x", "kind")]
    [InlineData("", "", "kind")]
    [InlineData("temperature", "celsius=hot", "Temperature (°C")]
    [InlineData("temperature", "celsius=95", "Temperature (°C")]
    [InlineData("declaration", "what=returned&from=13812345678", "Where from")]
    [InlineData("declaration", "what=nothing", "What is it")]
    [InlineData("declaration", "what=returned&more=1", "Somebody came back, left or is ill")]
    [InlineData("objection", "", "What is wrong")]
    public async Task What_may_not_be_reported_or_is_wrong_is_said_and_nothing_is_stored(string kind, string fields, string said)
    {
        var household = await _doors.HouseholdAsync(5);
        var code = await _doors.CodeAsync(household);
        var count = await _doors.FactsAsync(household);

        using var sent = await Doors.SendAsync(
            new Uri(code, "?lang=en"),
            [
                ("kind", kind),
                ("person", kind == "temperature" ? await _doors.MemberAsync(household) : ""),
                .. fields.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(field => (field.Split('=')[0], field.Split('=')[1])),
            ]
        );

        sent.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var page = WebUtility.HtmlDecode(await sent.Content.ReadAsStringAsync());
        var alert = Alert().Match(page).Groups["words"].Value;
        alert.ShouldContain(said == "kind" ? "Report something" : said);
        if (fields.Contains("celsius=", StringComparison.Ordinal))
            page.ShouldContain($"value=\"{fields.Split('=')[1]}\"");
        (await _doors.FactsAsync(household)).ShouldBe(count);
    }

    [Fact]
    public async Task What_was_asked_for_is_listed_with_what_became_of_it()
    {
        var household = await _doors.HouseholdAsync(6);
        var code = new Uri(await _doors.CodeAsync(household), "?lang=en");
        using (
            var need = await Doors.SendAsync(code, ("kind", "need"), ("what", "medicine"), ("urgency", "today"), ("note", "my own words"))
        )
            need.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        using (var sent = await Doors.SendAsync(code, ("kind", "objection"), ("note", "I was never there")))
            sent.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var objection = await locked.Database.ReadAsync<Guid>(
            "SELECT f.id FROM fact f JOIN household h ON h.id = f.household WHERE h.code = $1 AND f.kind = 'objection'",
            household
        );

        var page = await _doors.PageAsync(code);
        page.ShouldContain("Medicine, asked for at");
        page.ShouldContain("not answered yet");
        page.ShouldNotContain("own words");
        (await _doors.RulesAsync(household)).ShouldContain("answer-objection");

        using var authority = await locked.WithKeyAsync("answering-authority", "authority", LockedServer.Inside);
        var answer = DemoServer.Returned(household);
        (answer["kind"], answer["at"]) = ("answered", DateTimeOffset.UtcNow);
        answer["data"] = JsonSerializer.SerializeToNode(
            new
            {
                objection,
                outcome = "granted",
                legal = "Article 9",
            }
        );
        (await Decisions.OutcomeAsync(authority, answer)).ShouldBe("accepted");
        page = await _doors.PageAsync(code);
        page.ShouldContain("granted. On the basis of: Article 9");
        (await _doors.RulesAsync(household)).ShouldNotContain("answer-objection");
    }

    [Fact]
    public async Task A_door_reports_some_thirty_times_in_a_row_and_then_waits()
    {
        var code = await _doors.CodeAsync(await _doors.HouseholdAsync(7));
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 200 && statuses.LastOrDefault() != HttpStatusCode.TooManyRequests; i++)
        {
            using var sent = await Doors.SendAsync(code, ("kind", "need"), ("what", "food"), ("urgency", "days"));
            statuses.Add(sent.StatusCode);
        }
        statuses.Count.ShouldBeGreaterThan(30);
        statuses[^1].ShouldBe(HttpStatusCode.TooManyRequests);
        statuses[..^1].ShouldAllBe(status => status == HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task A_household_that_cannot_be_worked_out_is_told_so_in_words()
    {
        var household = await _doors.HouseholdAsync(10);
        var code = await _doors.CodeAsync(household);
        await locked.Database.ExecuteAsync(
            $$"""
            INSERT INTO fact (id, grid, household, kind, at, received_at, source, data)
            SELECT gen_random_uuid(), grid, id, 'order', '0044-03-15T12:00:00Z BC', now(), 'a poison',
              '{"measure":"quarantine","days":14}'
            FROM household WHERE code = '{{household}}'
            """
        );

        using var answer = await locked.Nobody.GetAsync(new Uri(code, "?lang=en"));

        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("There is no connection just now");
    }

    [Fact]
    public void Both_languages_have_the_same_words()
    {
        ResidentWords.Chinese.Names.ShouldBe(ResidentWords.English.Names, ignoreOrder: true);
        foreach (var name in ResidentWords.Chinese.Names)
            Placeholders()
                .Matches(ResidentWords.Chinese[name])
                .Select(match => match.Value)
                .Order(StringComparer.Ordinal)
                .ShouldBe(
                    Placeholders().Matches(ResidentWords.English[name]).Select(match => match.Value).Order(StringComparer.Ordinal),
                    name
                );
    }

    private static string IdIn(string page) => Ids().Match(page).Groups["id"].Value;

    [GeneratedRegex(
        """name="id" value="(?<id>[0-9a-f-]{36})""",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Ids();

    [GeneratedRegex(
        """role="alert">(?<words>[^<]*)<""",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Alert();

    [GeneratedRegex("""\{[0-9]\}""", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Placeholders();
}
