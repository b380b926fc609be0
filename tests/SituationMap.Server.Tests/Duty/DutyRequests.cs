using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shouldly;
using SituationMap.Server.Tests.Access;

namespace SituationMap.Server.Tests.Duty;

/// <summary>What tests ask about posts again and again.</summary>
internal static class DutyRequests
{
    /// <summary>A step that says nothing but what was done.</summary>
    public static object Step(string kind, Guid shift) =>
        new
        {
            id = Guid.NewGuid(),
            kind,
            shift,
        };

    public static PlannedStep Planned(Guid shift, string worker, DateTimeOffset from, DateTimeOffset to) =>
        new(Guid.NewGuid(), "planned", shift, worker, from, to);

    public static object Place(string code) =>
        new
        {
            code,
            name = $"岗 {code}",
            kind = "roundTheClock",
            grid = LockedServer.Inside,
            lon = 124.05,
            lat = 40.45,
        };

    public static async Task WorkersAsync(HttpClient client, params string[] codes)
    {
        foreach (var code in codes)
            await PutAsync(client, "api/workers", new { code, grid = LockedServer.Inside });
    }

    public static async Task PutAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
    }

    public static Task<JsonElement> StepAsync(HttpClient client, string post, params object[] steps) =>
        SendAsync(client, $"api/posts/{post}/shifts", new { steps });

    public static async Task<JsonElement> SendAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public static async Task<(int Status, string? Field)> RefusedAsync(HttpClient client, string post, params object[] steps)
    {
        using var answer = await client.PostAsJsonAsync($"api/posts/{post}/shifts", new { steps });
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return ((int)answer.StatusCode, problem.TryGetProperty("field", out var field) ? field.GetString() : problem.GetRawText());
    }

    public static async Task<(string State, string? Reason, string Words)> PostAsync(HttpClient client, string path)
    {
        var cover = (await LockedServer.GetAsync(client, $"api/posts/{path}")).GetProperty("cover");
        return (
            cover.GetProperty("state").GetString()!,
            cover.GetProperty("reason").GetString(),
            cover.GetProperty("words").GetProperty("en").GetString()!
        );
    }

    public static async Task<string[]> GapsAsync(HttpClient client) =>
        [
            .. (await LockedServer.GetAsync(client, $"api/posts/gaps?grid={LockedServer.Inside}"))
                .GetProperty("posts")
                .EnumerateArray()
                .Select(post => post.GetProperty("code").GetString()!),
        ];
}

internal sealed record PlannedStep(Guid Id, string Kind, Guid Shift, string Worker, DateTimeOffset From, DateTimeOffset To);
