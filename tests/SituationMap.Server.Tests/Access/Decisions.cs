using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SituationMap.Server.Tests.Access;

/// <summary>Facts by which something is decided, and what becomes of them.</summary>
internal static class Decisions
{
    private static readonly Uri Facts = new("api/facts", UriKind.Relative);

    public static JsonObject Override(string source, JsonObject? confirms = null, string household = "H-01-0002")
    {
        var fact = DemoServer.Returned((string?)confirms?["household"] ?? household);
        (fact["kind"], fact["source"]) = ("override", source);
        fact["data"] = new JsonObject { ["status"] = "quarantined", ["reason"] = "seen outside" };
        if (confirms is not null)
            fact["data"]!["confirms"] = (Guid)confirms["id"]!;
        return fact;
    }

    /// <summary>What became of it: the outcome, or why it was refused.</summary>
    public static async Task<string> OutcomeAsync(HttpClient client, JsonObject fact)
    {
        using var answer = await client.PostAsJsonAsync(Facts, fact);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return answer.IsSuccessStatusCode
            ? json.GetProperty("items")[0].GetProperty("outcome").GetString()!
            : json.GetProperty("code").GetString()!;
    }

    /// <summary>Whether its household has its status by it.</summary>
    public static async Task<bool> IsDecidedAsync(this LockedServer locked, JsonObject proposed) =>
        (await locked.StatusAsync(proposed))
            .GetProperty("because")
            .EnumerateArray()
            .Any(reason => reason.GetProperty("fact").ToString() == ((Guid)proposed["id"]!).ToString());

    /// <summary>The status of its household, once all that was reported is worked out.</summary>
    public static async Task<JsonElement> StatusAsync(this LockedServer locked, JsonObject fact)
    {
        await DemoServer.WaitAsync(async () => await locked.Database.ReadAsync<long>("SELECT count(*) FROM dirty_household") == 0);
        using var viewer = await locked.WithKeyAsync($"viewer-{Guid.NewGuid():N}", "viewer");
        return await LockedServer.GetAsync(viewer, $"api/households/{(string)fact["household"]!}/status");
    }
}
