using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Statuses;

/// <summary>Taking note of changes: POST /api/changes/acknowledgements.</summary>
public sealed class AcknowledgementTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private const string Path = "api/changes/acknowledgements";
    private const string AllTime = "api/changes?from=2020-01-01T00:00:00Z&kind=status&limit=1000";

    private readonly DemoServer _demo = shared.Demo;

    [Fact]
    public async Task Who_took_note_of_a_change_and_when_stands_at_it_for_everybody_and_in_the_record()
    {
        var change = await UnseenAsync(0);
        using var reporter = await _demo.Server.WithKeyAsync($"gate-{Guid.NewGuid():N}", "reporter");

        var answer = await AcknowledgeAsync(reporter, change);

        var own = answer.GetProperty("acknowledgements")[0];
        own.GetProperty("change").GetInt64().ShouldBe(change);
        var account = own.GetProperty("account").GetString()!;
        account.ShouldNotBeNullOrEmpty();
        (await OneAsync(change)).GetProperty("acknowledged").GetRawText().ShouldBe(own.GetRawText());
        (await IdsAsync("&acknowledged=true")).ShouldContain(change);
        (await IdsAsync("&acknowledged=false")).ShouldNotContain(change);
        (
            await _demo.Database.ReadAsync<long>(
                "SELECT count(*) FROM situation.audit WHERE action = 'acknowledge' AND account = $1 AND details->'changes' = $2::jsonb",
                account,
                $"[{change}]"
            )
        ).ShouldBe(1);
    }

    [Fact]
    public async Task What_somebody_took_note_of_stays_with_whoever_came_first_and_the_feed_has_no_gap()
    {
        var change = await UnseenAsync(1);
        using var first = await _demo.Server.WithKeyAsync($"first-{Guid.NewGuid():N}", "reporter");
        using var second = await _demo.Server.WithKeyAsync($"second-{Guid.NewGuid():N}", "planner");

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(index => AcknowledgeAsync(index % 2 == 0 ? first : second, change, change))
        );

        answers.Select(answer => answer.GetRawText()).Distinct().Count().ShouldBe(1);
        answers[0].GetProperty("acknowledgements").GetArrayLength().ShouldBe(1);
        (await _demo.Database.ReadAsync<long>("SELECT max(sequence) - min(sequence) + 1 - count(*) FROM situation.feed")).ShouldBe(0);
    }

    [Fact]
    public async Task Whoever_follows_the_feed_is_told_at_once_and_whoever_comes_back_is_told_what_he_missed()
    {
        var change = await UnseenAsync(2);
        var before = _demo.Snapshot.Sequence;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var events = EventsAsync("api/live", limit.Token).GetAsyncEnumerator(limit.Token);
        (await NextAsync(events, "hello")).GetProperty("sequence").GetInt64().ShouldBeGreaterThanOrEqualTo(before);

        await AcknowledgeAsync(_demo.Client, change);

        var told = (await NextAsync(events, "acknowledgement")).GetProperty("acknowledgements")[0];
        told.GetProperty("change").GetInt64().ShouldBe(change);
        (await OneAsync(change))
            .GetProperty("acknowledged")
            .GetProperty("account")
            .GetString()
            .ShouldBe(told.GetProperty("account").GetString());
        await using var resumed = EventsAsync($"api/live?since={before}", limit.Token).GetAsyncEnumerator(limit.Token);
        (await NextAsync(resumed, "acknowledgement"))
            .GetProperty("acknowledgements")
            .EnumerateArray()
            .Select(one => one.GetProperty("change").GetInt64())
            .ShouldContain(change);
    }

    [Fact]
    public async Task Nobody_takes_note_of_what_he_may_not_see_and_then_of_nothing_else_that_he_named_either()
    {
        const string Own = "210682-004-02";
        using var client = await _demo.Server.WithKeyAsync($"own-{Guid.NewGuid():N}", "reporter", Own);
        var own = (await IdsAsync($"&grid={Own}&acknowledged=false"))[^1];
        var other = (await IdsAsync("&grid=210682-004-01&acknowledged=false"))[^1];

        using var answer = await client.PostAsJsonAsync(Path, new { changes = new[] { own, other } });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString().ShouldBe("changes[1]");
        (await OneAsync(own)).GetProperty("acknowledged").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("{}", "changes")]
    [InlineData("""{"changes":[]}""", "changes")]
    [InlineData("""{"changes":[0]}""", "changes[0]")]
    [InlineData("""{"changes":[9223372036854775807]}""", "changes[0]")]
    public async Task What_is_wrong_in_the_request_is_named(string body, string field)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var answer = await _demo.Client.PostAsync(new Uri(Path, UriKind.Relative), content);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("field").GetString().ShouldBe(field);
    }

    [Fact]
    public async Task An_acknowledgement_is_no_change_that_can_be_acknowledged()
    {
        var change = await UnseenAsync(3);
        await AcknowledgeAsync(_demo.Client, change);
        var row = await _demo.Database.ReadAsync<long>($"SELECT sequence FROM situation.feed WHERE acknowledges = {change}");

        using var answer = await _demo.Client.PostAsJsonAsync(Path, new { changes = new[] { row } });

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await IdsAsync("")).ShouldNotContain(row);
    }

    private async IAsyncEnumerable<SseItem<string>> EventsAsync(string path, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var answer = await _demo.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync(cancellation)).EnumerateAsync(cancellation))
            yield return item;
    }

    private static async Task<JsonElement> NextAsync(IAsyncEnumerator<SseItem<string>> events, string name)
    {
        do
        {
            (await events.MoveNextAsync()).ShouldBeTrue();
        } while (events.Current.EventType != name);
        return JsonSerializer.Deserialize<JsonElement>(events.Current.Data);
    }

    private static async Task<JsonElement> AcknowledgeAsync(HttpClient client, params long[] changes)
    {
        using var answer = await client.PostAsJsonAsync(Path, new { changes });
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>A change that nobody has taken note of; each test has one of its own.</summary>
    private async Task<long> UnseenAsync(int which) => (await IdsAsync("&acknowledged=false"))[which * 3];

    private async Task<JsonElement> OneAsync(long change) =>
        (await _demo.GetJsonAsync($"{AllTime}&since={change - 1}"))
            .GetProperty("changes")
            .EnumerateArray()
            .Single(one => one.GetProperty("sequence").GetInt64() == change);

    private async Task<List<long>> IdsAsync(string query) =>
        [
            .. (await _demo.GetJsonAsync(AllTime + query))
                .GetProperty("changes")
                .EnumerateArray()
                .Select(change => change.GetProperty("sequence").GetInt64()),
        ];
}
