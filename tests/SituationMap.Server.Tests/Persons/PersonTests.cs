using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using SituationMap.Server.Tests.Access;
using SituationMap.Store.Persons;

namespace SituationMap.Server.Tests.Persons;

/// <summary>Persons of the demo community as workers record, find and report them.</summary>
public abstract class PersonTests(LockedServer locked) : IClassFixture<LockedServer>
{
    protected const string Name = "欧阳测试";
    protected const string Phone = "13912345678";
    protected const string Number = "11010519491231002X";

    protected LockedServer Locked => locked;

    protected static async Task PutAsync(HttpClient client, string person, PersonDetails? details = null)
    {
        using var answer = await client.PutAsJsonAsync($"api/persons/{person}", details ?? new PersonDetails(Name, Phone, Number));
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
    }

    protected static async Task<string[]> SearchAsync(HttpClient client, object search)
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

    protected static async Task ReportAsync(HttpClient client, string household, object data, string? person = null, string? kind = null)
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
    protected async Task<(string Household, string Person)> MemberAsync(string grid, int number) =>
        await Locked.Database.ReadRowAsync(
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
