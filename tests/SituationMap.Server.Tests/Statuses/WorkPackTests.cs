using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>What a round needs without a network: GET /api/work/pack.</summary>
public sealed class WorkPackTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private const string Grid = "210682-004-02";
    private const string Community = "210682-004";

    private readonly DemoServer _demo = shared.Demo;

    [Fact]
    public async Task It_holds_every_home_of_the_grid_once_with_all_that_is_to_be_done_there()
    {
        await _demo.WaitUntilSettledAsync();
        var pack = await _demo.GetJsonAsync($"api/work/pack?grid={Grid}");
        var homes = Homes(pack).ToDictionary(home => home.GetProperty("household").GetString()!);
        var (city, place) = (_demo.Snapshot.City, _demo.Snapshot.City.GridByCode[Grid]);
        homes
            .Keys.Order()
            .ShouldBe(city.Households.Where(home => city.Buildings[home.Building].Grid == place).Select(home => home.Code).Order());
        (pack.GetProperty("until").GetDateTimeOffset() - pack.GetProperty("asOf").GetDateTimeOffset()).ShouldBe(TimeSpan.FromHours(36));

        var work = await _demo.GetJsonAsync($"api/work?grid={Grid}&state=due&limit=1000");
        var listed = work.GetProperty("buildings")
            .EnumerateArray()
            .SelectMany(building => building.GetProperty("households").EnumerateArray());
        foreach (var household in listed)
        {
            var home = homes[household.GetProperty("household").GetString()!];
            var packed = home.GetProperty("items").EnumerateArray().Select(Said).ToList();
            household.GetProperty("items").EnumerateArray().Select(Said).Except(packed).ShouldBeEmpty();
            home.GetProperty("members").GetRawText().ShouldBe(household.GetProperty("members").GetRawText());
        }
        homes
            .Values.SelectMany(home => home.GetProperty("items").EnumerateArray())
            .ShouldContain(item => item.GetProperty("due").GetDateTimeOffset() > DateTimeOffset.UtcNow.AddHours(24), "a day is not enough");

        // the list's order, in the midst of the homes where there is nothing to do
        var order = Homes(pack).Select(home => home.GetProperty("household").GetString()!).ToList();
        var inWork = listed.Select(household => household.GetProperty("household").GetString()!).ToList();
        order.Where(inWork.Contains).ShouldBe(inWork);

        static string Said(JsonElement item) =>
            $"{item.GetProperty("what")} {item.GetProperty("person")} {item.GetProperty("from")} {item.GetProperty("due")}";
    }

    [Fact]
    public async Task It_names_what_may_be_reported_at_a_door_with_its_fields_and_no_decision()
    {
        var kinds = (await _demo.GetJsonAsync($"api/work/pack?grid={Grid}"))
            .GetProperty("kinds")
            .EnumerateArray()
            .ToDictionary(kind => kind.GetProperty("kind").GetString()!);

        kinds.Keys.ShouldContain("temperature");
        kinds.Keys.Intersect(["order", "release", "override", "answered"]).ShouldBeEmpty();
        kinds["test"].GetProperty("fields")[0].GetProperty("choices").GetRawText().ShouldBe("""["positive","negative"]""");
    }

    [Fact]
    public async Task It_is_sent_again_only_once_something_in_it_has_changed()
    {
        await _demo.WaitUntilSettledAsync();
        using var first = await AskAsync(tag: null);
        using var again = await AskAsync(first.Headers.ETag);
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        again.Headers.Date.ShouldNotBeNull("by it a phone puts its clock right");

        var household = Homes(await _demo.GetJsonAsync($"api/work/pack?grid={Grid}"))
            .First(home => home.GetProperty("status").GetString() == "healthy")
            .GetProperty("household")
            .GetString()!;
        using var stored = await _demo.PostFactsAsync(DemoServer.Returned(household).ToJsonString());
        stored.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await _demo.WaitUntilSettledAsync();
        using var changed = await AskAsync(first.Headers.ETag);
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        changed.Headers.ETag.ShouldNotBe(first.Headers.ETag);

        Task<HttpResponseMessage> AskAsync(EntityTagHeaderValue? tag)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"api/work/pack?grid={Grid}", UriKind.Relative));
            if (tag is not null)
                request.Headers.IfNoneMatch.Add(tag);
            return _demo.Client.SendAsync(request);
        }
    }

    [Fact]
    public async Task It_takes_at_most_100_kB_for_600_households()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"api/work/pack?grid={Community}", UriKind.Relative));
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using var answer = await _demo.Client.SendAsync(request);
        answer.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        var packed = await answer.Content.ReadAsByteArrayAsync();
        await using var plain = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        var homes = Homes(await JsonSerializer.DeserializeAsync<JsonElement>(plain)).Count();

        homes.ShouldBeGreaterThan(600);
        (packed.Length * 600.0 / homes).ShouldBeLessThanOrEqualTo(100_000);
    }

    [Fact]
    public async Task Whoever_reports_of_one_grid_gets_no_other_and_whoever_only_looks_gets_none()
    {
        using var reporter = await _demo.Server.WithKeyAsync($"pack-{Guid.NewGuid():N}", "reporter", Grid);
        using var own = await reporter.GetAsync(new Uri($"api/work/pack?grid={Grid}", UriKind.Relative));
        own.StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var other in (string[])["210682-004-01", Community, "nowhere"])
        {
            using var refused = await reporter.GetAsync(new Uri($"api/work/pack?grid={other}", UriKind.Relative));
            refused.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            JsonSerializer
                .Deserialize<JsonElement>(await refused.Content.ReadAsStringAsync())
                .GetProperty("field")
                .GetString()
                .ShouldBe("grid");
        }
        using var viewer = await _demo.Server.WithKeyAsync($"pack-{Guid.NewGuid():N}", "viewer", Grid);
        using var none = await viewer.GetAsync(new Uri($"api/work/pack?grid={Grid}", UriKind.Relative));
        none.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static IEnumerable<JsonElement> Homes(JsonElement pack) =>
        pack.GetProperty("buildings").EnumerateArray().SelectMany(building => building.GetProperty("homes").EnumerateArray());
}
