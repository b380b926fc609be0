using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using SituationMap.Server.Tests.Access;

namespace SituationMap.Server.Tests.Residents;

/// <summary>The doors of the demo community, their codes, and what the pages behind them bring about.</summary>
internal sealed class Doors(LockedServer locked)
{
    public static async Task<JsonElement> MakeAsync(HttpClient worker, object request)
    {
        using var answer = await worker.PostAsJsonAsync(new Uri("api/door-codes", UriKind.Relative), request);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<Uri> CodeAsync(string household)
    {
        using var worker = await locked.WithKeyAsync($"worker-{Guid.NewGuid():N}", "reporter");
        var made = await MakeAsync(worker, new { household, renew = true });
        return new Uri(made.GetProperty("codes")[0].GetProperty("url").GetString()!);
    }

    /// <summary>A visited household with a member, of which the demo reports nothing else; another one for each number.</summary>
    public Task<string> HouseholdAsync(int number) =>
        locked.Database.ReadAsync<string>(
            """
            SELECT h.code FROM household h
            WHERE h.grid = '210682.004.01' AND EXISTS (SELECT FROM person p WHERE p.household = h.id)
              AND EXISTS (SELECT FROM fact f WHERE f.household = h.id AND f.kind = 'survey' AND f.account IS NULL)
              AND NOT EXISTS (SELECT FROM fact f WHERE f.household = h.id AND f.kind <> 'survey' AND f.account IS NULL)
            ORDER BY h.id DESC OFFSET $1 LIMIT 1
            """,
            number
        );

    public Task<string> MemberAsync(string household) =>
        locked.Database.ReadAsync<string>(
            "SELECT min(p.code) FROM person p JOIN household h ON h.id = p.household WHERE h.code = $1",
            household
        );

    public Task<long> FactsAsync(string household) =>
        locked.Database.ReadAsync<long>("SELECT count(*) FROM fact f JOIN household h ON h.id = f.household WHERE h.code = $1", household);

    public async Task<string> StatusAsync(string household) =>
        (await locked.StatusAsync(DemoServer.Returned(household))).GetProperty("status").GetString()!;

    /// <summary>By which rules something is to be done there.</summary>
    public async Task<string[]> RulesAsync(string household)
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

    public async Task<string> PageAsync(Uri code, string query = "")
    {
        using var answer = await locked.Nobody.GetAsync(new Uri(code, code.Query.Length > 0 ? code.Query : query));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadAsStringAsync();
    }

    public static async Task<HttpResponseMessage> SendAsync(Uri code, params (string Name, string Value)[] fields)
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
}
