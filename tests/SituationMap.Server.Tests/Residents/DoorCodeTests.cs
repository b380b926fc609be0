using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Shouldly;
using SituationMap.Server.Tests.Access;

namespace SituationMap.Server.Tests.Residents;

/// <summary>What stands on doors: made, kept, revoked, and never told a second time.</summary>
public sealed partial class DoorCodeTests(LockedServer locked) : IClassFixture<LockedServer>
{
    private readonly Doors _doors = new(locked);

    [Fact]
    public async Task A_code_opens_the_page_of_its_household_without_an_account_and_of_no_other()
    {
        using var worker = await locked.WithKeyAsync("printing-worker", "reporter", LockedServer.Inside);
        var codes = (await Doors.MakeAsync(worker, new { grid = LockedServer.Inside, renew = true }))
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

    [Fact]
    public async Task Whatever_is_wrong_with_a_code_the_answer_is_one_and_the_same()
    {
        using var worker = await locked.WithKeyAsync("revoking-worker", "reporter", LockedServer.Inside);
        var (renewed, revoked) = (await _doors.HouseholdAsync(1), await _doors.HouseholdAsync(2));
        var first = await _doors.CodeAsync(renewed);
        await _doors.CodeAsync(renewed);
        var gone = await _doors.CodeAsync(revoked);
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
            using var written = await Doors.SendAsync(code, ("kind", "need"), ("what", "food"), ("urgency", "now"));
            written.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            answers.Add(await written.Content.ReadAsStringAsync());
        }
        answers.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_code_is_kept_nowhere_and_the_page_is_left_nowhere()
    {
        var household = await _doors.HouseholdAsync(8);
        var code = await _doors.CodeAsync(household);
        using var page = await locked.Nobody.GetAsync(code);
        page.Headers.CacheControl!.NoStore.ShouldBeTrue();
        page.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldNotContain("unsafe");
        (await page.Content.ReadAsByteArrayAsync()).Length.ShouldBeLessThan(60_000);
        using (var sent = await Doors.SendAsync(code, ("kind", "need"), ("what", "talk"), ("urgency", "days")))
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
        var household = await _doors.HouseholdAsync(9);
        var code = await _doors.CodeAsync(household);
        var kept = await Doors.MakeAsync(worker, new { household });
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

    [GeneratedRegex("""[HP]-[0-9-]+""", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Codes();
}
