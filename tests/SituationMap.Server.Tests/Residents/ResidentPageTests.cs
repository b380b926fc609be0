using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Shouldly;
using SituationMap.Server.Residents;
using SituationMap.Server.Tests.Access;

namespace SituationMap.Server.Tests.Residents;

/// <summary>The page that the code on a door opens.</summary>
public sealed partial class ResidentPageTests(LockedServer locked) : IClassFixture<LockedServer>
{
    [Fact]
    public async Task A_code_opens_the_page_of_its_household_without_an_account_and_of_no_other()
    {
        using var worker = await locked.WithKeyAsync("printing-worker", "reporter", LockedServer.Inside);
        var codes = (await MakeAsync(worker, new { grid = LockedServer.Inside, renew = true }))
            .GetProperty("codes")
            .EnumerateArray()
            .ToList();
        codes.Count.ShouldBeGreaterThan(100);
        codes.Select(code => code.GetProperty("url").GetString()).Distinct().Count().ShouldBe(codes.Count);
        var households = await locked.Database.ReadAsync<string[]>("SELECT array_agg(code) FROM household");
        var persons = await locked.Database.ReadRowAsync(
            "SELECT array_agg(p.code), array_agg(h.code) FROM person p JOIN household h ON h.id = p.household",
            row => row.GetFieldValue<string[]>(0).Zip(row.GetFieldValue<string[]>(1)).ToArray()
        );

        // every fifth, so that it takes seconds
        foreach (var code in codes.Where((_, index) => index % 5 == 0))
        {
            var own = code.GetProperty("household").GetString()!;
            var page = await locked.Nobody.GetStringAsync(new Uri(code.GetProperty("url").GetString()!));
            WebUtility.HtmlDecode(page).ShouldContain(code.GetProperty("label").GetString()!);
            var named = Codes().Matches(page).Select(match => match.Value).ToHashSet();
            named.Intersect(households).Except([own]).ShouldBeEmpty(own);
            named.Intersect(persons.Where(person => person.Second != own).Select(person => person.First)).ShouldBeEmpty(own);
        }
    }

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
        var page = WebUtility.HtmlDecode(await PageAsync(await CodeAsync(household), $"?lang={language}"));

        page.ShouldContain($"<html lang=\"{language}\">");
        foreach (var heading in headings)
            page.ShouldContain(heading);
        page.ShouldContain(status);
        page.ShouldContain("data-look=\"quarantined\"");
        using var viewer = await locked.WithKeyAsync($"viewer-{language}", "viewer");
        foreach (
            var reason in (await LockedServer.GetAsync(viewer, $"api/households/{household}/status"))
                .GetProperty("because")
                .EnumerateArray()
        )
            page.ShouldContain(reason.GetProperty("words").GetProperty(language).GetString()!);
    }

    [Fact]
    public async Task Whatever_is_wrong_with_a_code_the_answer_is_one_and_the_same()
    {
        using var worker = await locked.WithKeyAsync("revoking-worker", "reporter", LockedServer.Inside);
        var (renewed, revoked) = (await HouseholdAsync(1), await HouseholdAsync(2));
        var first = await CodeAsync(renewed);
        await CodeAsync(renewed);
        var gone = await CodeAsync(revoked);
        using (var answer = await worker.DeleteAsync(new Uri($"api/households/{revoked}/door-code", UriKind.Relative)))
            answer.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        using (var again = await worker.DeleteAsync(new Uri($"api/households/{revoked}/door-code", UriKind.Relative)))
            again.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var never = new Uri(first, "AAAAAAAAAAAAAAAAAAAAAA");

        var answers = new List<string>();
        foreach (var code in (Uri[])[first, gone, never, new Uri(first, "x"), new Uri(first, new string('y', 300))])
        {
            using var read = await locked.Nobody.GetAsync(code);
            read.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            answers.Add(await read.Content.ReadAsStringAsync());
            using var written = await SendAsync(code, ("kind", "need"), ("what", "food"), ("urgency", "now"));
            written.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            answers.Add(await written.Content.ReadAsStringAsync());
        }
        answers.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_fever_counts_at_once_is_to_be_confirmed_and_is_one_fact_when_sent_twice()
    {
        var household = await HouseholdAsync(3);
        var code = await CodeAsync(household);
        var (id, person) = (IdIn(await PageAsync(code)), await MemberAsync(household));

        for (var i = 0; i < 2; i++)
        {
            using var sent = await SendAsync(code, ("kind", "temperature"), ("id", id), ("person", person), ("celsius", "38,4"));
            sent.StatusCode.ShouldBe(HttpStatusCode.Redirect, await sent.Content.ReadAsStringAsync());
            (await PageAsync(new Uri(code, sent.Headers.Location!))).ShouldContain("role=\"status\"");
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
        (await RulesAsync(household)).ShouldContain("fever-check");
    }

    [Fact]
    public async Task A_return_is_declared_and_changes_no_status_before_somebody_confirms_it()
    {
        var household = await HouseholdAsync(4);
        var code = await CodeAsync(household);
        var before = await StatusAsync(household);

        using (var sent = await SendAsync(code, ("kind", "declaration"), ("what", "returned"), ("from", "<b>武汉</b>")))
            sent.StatusCode.ShouldBe(HttpStatusCode.Redirect);

        (await RulesAsync(household)).ShouldContain("declared-return");
        (await StatusAsync(household)).ShouldBe(before);
        using var worker = await locked.WithKeyAsync("confirming-worker", "reporter", LockedServer.Inside);
        var returned = DemoServer.Returned(household);
        returned["at"] = DateTimeOffset.UtcNow;
        (await Decisions.OutcomeAsync(worker, returned)).ShouldBe("accepted");
        (await RulesAsync(household)).ShouldNotContain("declared-return");
        (await PageAsync(code)).ShouldNotContain("<b>");
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
        var household = await HouseholdAsync(5);
        var code = await CodeAsync(household);
        var count = await FactsAsync(household);

        using var sent = await SendAsync(
            new Uri(code, "?lang=en"),
            [
                ("kind", kind),
                ("person", kind == "temperature" ? await MemberAsync(household) : ""),
                .. fields.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(field => (field.Split('=')[0], field.Split('=')[1])),
            ]
        );

        sent.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var page = WebUtility.HtmlDecode(await sent.Content.ReadAsStringAsync());
        var alert = Alert().Match(page).Groups[1].Value;
        alert.ShouldContain(said == "kind" ? "Report something" : said);
        if (fields.Contains("celsius=", StringComparison.Ordinal))
            page.ShouldContain($"value=\"{fields.Split('=')[1]}\"");
        (await FactsAsync(household)).ShouldBe(count);
    }

    [Fact]
    public async Task What_was_asked_for_is_listed_with_what_became_of_it()
    {
        var household = await HouseholdAsync(6);
        var code = new Uri(await CodeAsync(household), "?lang=en");
        using (var need = await SendAsync(code, ("kind", "need"), ("what", "medicine"), ("urgency", "today"), ("note", "my own words")))
            need.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        var objection = Guid.NewGuid();
        using (var sent = await SendAsync(code, ("kind", "objection"), ("id", objection.ToString()), ("note", "I was never there")))
            sent.StatusCode.ShouldBe(HttpStatusCode.Redirect);

        var page = await PageAsync(code);
        page.ShouldContain("Medicine, asked for at");
        page.ShouldContain("not answered yet");
        page.ShouldNotContain("own words");
        (await RulesAsync(household)).ShouldContain("answer-objection");

        using var authority = await locked.WithKeyAsync("answering-authority", "authority", LockedServer.Inside);
        var answer = DemoServer.Returned(household);
        answer["kind"] = "answered";
        answer["data"] = JsonSerializer.SerializeToNode(
            new
            {
                objection,
                outcome = "granted",
                legal = "Article 9",
            }
        );
        (await Decisions.OutcomeAsync(authority, answer)).ShouldBe("accepted");
        page = await PageAsync(code);
        page.ShouldContain("granted. On the basis of: Article 9");
        (await RulesAsync(household)).ShouldNotContain("answer-objection");
    }

    [Fact]
    public async Task A_door_reports_some_thirty_times_in_a_row_and_then_waits()
    {
        var code = await CodeAsync(await HouseholdAsync(7));
        var statuses = new List<HttpStatusCode>();
        for (var i = 0; i < 200 && statuses.LastOrDefault() != HttpStatusCode.TooManyRequests; i++)
        {
            using var sent = await SendAsync(code, ("kind", "need"), ("what", "food"), ("urgency", "days"));
            statuses.Add(sent.StatusCode);
        }
        statuses.Count.ShouldBeGreaterThan(30);
        statuses[^1].ShouldBe(HttpStatusCode.TooManyRequests);
        statuses[..^1].ShouldAllBe(status => status == HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task A_code_is_kept_nowhere_and_the_page_is_left_nowhere()
    {
        var household = await HouseholdAsync(8);
        var code = await CodeAsync(household);
        using var page = await locked.Nobody.GetAsync(code);
        page.Headers.CacheControl!.NoStore.ShouldBeTrue();
        page.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldNotContain("unsafe");
        (await page.Content.ReadAsByteArrayAsync()).Length.ShouldBeLessThan(60_000);
        using (var sent = await SendAsync(code, ("kind", "need"), ("what", "talk"), ("urgency", "days")))
            sent.StatusCode.ShouldBe(HttpStatusCode.Redirect);

        var secret = code.Segments[^1];
        (await locked.Database.ReadAsync<long>("SELECT count(*) FROM audit WHERE audit::text LIKE '%' || $1 || '%'", secret)).ShouldBe(0);
        (await locked.Database.ReadAsync<long>("SELECT count(*) FROM audit WHERE action = 'POST /s' AND subject = $1", household)).ShouldBe(
            1
        );
        (await locked.Database.ReadAsync<long>("SELECT count(*) FROM door_code d WHERE d::text LIKE '%' || $1 || '%'", secret)).ShouldBe(0);
    }

    [Fact]
    public async Task Doors_that_have_a_code_keep_it_unless_they_are_to_have_another()
    {
        using var worker = await locked.WithKeyAsync("keeping-worker", "reporter", LockedServer.Inside);
        var household = await HouseholdAsync(9);
        var code = await CodeAsync(household);
        var kept = await MakeAsync(worker, new { household });
        (kept.GetProperty("codes").GetArrayLength(), kept.GetProperty("kept").GetInt32()).ShouldBe((0, 1));
        using (var page = await locked.Nobody.GetAsync(code))
            page.StatusCode.ShouldBe(HttpStatusCode.OK);

        foreach (
            var wrong in (object[])
                [
                    new { },
                    new { household, grid = LockedServer.Inside },
                    new { grid = LockedServer.Outside },
                    new { household = "H-02-0001" },
                    new { building = "B-0" },
                ]
        )
        {
            using var refused = await worker.PostAsJsonAsync(new Uri("api/door-codes", UriKind.Relative), wrong);
            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        }
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

    private static async Task<JsonElement> MakeAsync(HttpClient worker, object request)
    {
        using var answer = await worker.PostAsJsonAsync(new Uri("api/door-codes", UriKind.Relative), request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<Uri> CodeAsync(string household)
    {
        using var worker = await locked.WithKeyAsync($"worker-{Guid.NewGuid():N}", "reporter");
        var made = await MakeAsync(worker, new { household, renew = true });
        return new Uri(made.GetProperty("codes")[0].GetProperty("url").GetString()!);
    }

    /// <summary>A visited, healthy household with a member, of which nothing but that was reported; another one for each number.</summary>
    private Task<string> HouseholdAsync(int number) =>
        locked.Database.ReadAsync<string>(
            """
            SELECT h.code FROM household h JOIN household_status s ON s.household = h.id
            WHERE s.status = 'healthy' AND s.surveyed AND h.grid = '210682.004.01'
              AND EXISTS (SELECT FROM person p WHERE p.household = h.id)
              AND NOT EXISTS (SELECT FROM fact f WHERE f.household = h.id AND f.kind <> 'survey' AND f.received_at < $2)
            ORDER BY h.id DESC OFFSET $1 LIMIT 1
            """,
            number,
            Began
        );

    private static readonly DateTimeOffset Began = DateTimeOffset.UtcNow;

    private Task<string> MemberAsync(string household) =>
        locked.Database.ReadAsync<string>(
            "SELECT min(p.code) FROM person p JOIN household h ON h.id = p.household WHERE h.code = $1",
            household
        );

    private Task<long> FactsAsync(string household) =>
        locked.Database.ReadAsync<long>("SELECT count(*) FROM fact f JOIN household h ON h.id = f.household WHERE h.code = $1", household);

    private async Task<string> StatusAsync(string household) =>
        (await locked.StatusAsync(DemoServer.Returned(household))).GetProperty("status").GetString()!;

    /// <summary>By which rules something is to be done there.</summary>
    private async Task<string[]> RulesAsync(string household)
    {
        using var worker = await locked.WithKeyAsync($"worker-{Guid.NewGuid():N}", "reporter");
        var work = await LockedServer.GetAsync(worker, $"api/work?grid={LockedServer.Inside}&limit=1000");
        return
        [
            .. work.GetProperty("buildings")
                .EnumerateArray()
                .SelectMany(building => building.GetProperty("households").EnumerateArray())
                .Where(home => home.GetProperty("household").GetString() == household)
                .SelectMany(home => home.GetProperty("items").EnumerateArray())
                .Select(item => item.GetProperty("rule").GetString()!),
        ];
    }

    private async Task<string> PageAsync(Uri code, string query = "")
    {
        using var answer = await locked.Nobody.GetAsync(new Uri(code, code.Query.Length > 0 ? code.Query : query));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<HttpResponseMessage> SendAsync(Uri code, params (string Name, string Value)[] fields)
    {
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var browser = new HttpClient(handler);
        using var form = new FormUrlEncodedContent(
            fields
                .Append(("id", Guid.NewGuid().ToString()))
                .DistinctBy(field => field.Item1)
                .Select(field => KeyValuePair.Create(field.Item1, field.Item2))
        );
        var answer = await browser.PostAsync(code, form);
        await answer.Content.LoadIntoBufferAsync();
        return answer;
    }

    private static string IdIn(string page) => Ids().Match(page).Groups[1].Value;

    [GeneratedRegex("""[HP]-[0-9-]+""", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Codes();

    [GeneratedRegex("""name="id" value="([0-9a-f-]{36})""", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Ids();

    [GeneratedRegex("""role="alert">([^<]*)<""", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Alert();

    [GeneratedRegex("""\{[0-9]\}""", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Placeholders();
}
