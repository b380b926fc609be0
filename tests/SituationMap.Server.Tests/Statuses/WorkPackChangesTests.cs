using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Shouldly;
using SituationMap.Server.Tests.Snapshots;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>What is given of a pack to whoever has an earlier one: GET /api/work/pack?since=.</summary>
public sealed class WorkPackChangesTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private const string Grid = "210682-004-03";
    private const string Community = "210682-004";

    private readonly DemoServer _demo = shared.Demo;

    [Fact]
    public async Task Only_the_home_of_which_something_was_reported_is_given_again()
    {
        await _demo.WaitUntilSettledAsync();
        var (had, tag) = await AskAsync(Grid);
        var home = Homes(had).First(home => home["status"]!.GetValue<string>() == "healthy")["household"]!.GetValue<string>();
        using (var stored = await _demo.PostFactsAsync(DemoServer.Returned(home).ToJsonString()))
            stored.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await _demo.WaitUntilSettledAsync();

        var (changes, now) = await AskAsync(Grid, tag);

        now.ShouldNotBe(tag);
        changes["since"]!.GetValue<string>().ShouldBe(tag);
        changes["kinds"]!.AsArray().ShouldNotBeEmpty("the head is whole");
        var changed = Homes(changes).ToDictionary(one => one["household"]!.GetValue<string>());
        changed[home]["status"]!.GetValue<string>().ShouldBe("observed");
        changed.Count.ShouldBeLessThan(Homes(had).Count() / 2);
        changes["buildings"]!.AsArray().ShouldAllBe(building => building!["homes"]!.AsArray().Count > 0);
    }

    [Fact]
    public async Task Whatever_is_reported_what_has_changed_put_into_any_earlier_pack_is_the_whole_one_of_now()
    {
        var random = new Random(20200205);
        var earlier = new List<(JsonObject Pack, string Tag)>();
        var compared = 0;
        for (var round = 0; round < 12; round++)
        {
            var facts = Enumerable.Range(0, random.Next(1, 40)).Select(_ => FollowingTests.RandomFact(_demo.Snapshot, random));
            using (var stored = await _demo.PostFactsAsync(new JsonArray([.. facts]).ToJsonString()))
                stored.IsSuccessStatusCode.ShouldBeTrue();
            await _demo.WaitUntilSettledAsync();
            // what is due may change between two questions
            var (whole, tag) = await AskAsync(Community);
            foreach (var had in earlier)
            {
                var (changes, of) = await AskAsync(Community, had.Tag);
                if (of != tag)
                    continue;
                changes["since"]!.GetValue<string>().ShouldBe(had.Tag);
                Told(Merged(had.Pack, changes)).ShouldBe(Told(whole));
                compared++;
            }
            earlier.Add((whole, tag));
        }
        compared.ShouldBeGreaterThan(30);
    }

    [Theory]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("nothing")]
    public async Task Of_a_pack_that_nobody_knows_any_more_the_whole_one_is_given(string tag)
    {
        var (pack, _) = await AskAsync(Grid, tag);

        pack["since"].ShouldBeNull();
        Homes(pack).Count().ShouldBe(Homes((await AskAsync(Grid)).Pack).Count());
    }

    [Fact]
    public async Task Where_homes_are_others_the_whole_pack_is_given()
    {
        var (_, tag) = await AskAsync("210682-004-02");

        var (pack, _) = await AskAsync(Grid, tag);

        pack["since"].ShouldBeNull();
    }

    [Fact]
    public async Task Whoever_has_the_pack_of_now_is_told_so()
    {
        await _demo.WaitUntilSettledAsync();
        var tag = (await AskAsync(Grid)).Tag;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"api/work/pack?grid={Grid}&since={tag}", UriKind.Relative));
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue($"\"{tag}\"", isWeak: true));

        using var answer = await _demo.Client.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    private async Task<(JsonObject Pack, string Tag)> AskAsync(string grid, string? since = null)
    {
        using var answer = await _demo.Client.GetAsync(
            new Uri($"api/work/pack?grid={grid}{(since is null ? "" : $"&since={since}")}", UriKind.Relative)
        );
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var pack = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        return (pack, answer.Headers.ETag!.Tag.Trim('"'));
    }

    /// <summary>As a phone does it.</summary>
    private static JsonObject Merged(JsonObject had, JsonObject changes)
    {
        var changed = Homes(changes).ToDictionary(home => home["household"]!.GetValue<string>());
        var (merged, buildings) = (changes.DeepClone().AsObject(), had["buildings"]!.DeepClone().AsArray());
        foreach (var building in buildings)
        {
            var homes = building!["homes"]!.AsArray();
            for (var index = 0; index < homes.Count; index++)
                if (changed.TryGetValue(homes[index]!["household"]!.GetValue<string>(), out var other))
                    homes[index] = other.DeepClone();
        }
        merged["buildings"] = buildings;
        return merged;
    }

    /// <summary>All but which way it came, and when.</summary>
    private static string Told(JsonObject pack)
    {
        var told = pack.DeepClone().AsObject();
        foreach (var field in (string[])["since", "asOf", "until"])
            told.Remove(field);
        return told.ToJsonString();
    }

    private static IEnumerable<JsonNode> Homes(JsonObject pack) =>
        pack["buildings"]!.AsArray().SelectMany(building => building!["homes"]!.AsArray()).Select(home => home!);
}
