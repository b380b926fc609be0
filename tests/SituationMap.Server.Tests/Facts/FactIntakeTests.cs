using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Server.Tests.Facts;

public sealed class FactIntakeTests(PostgisCluster cluster) : IAsyncLifetime
{
    private DemoServer _demo = null!;

    public async ValueTask InitializeAsync() => _demo = await DemoServer.StartAsync(cluster);

    public ValueTask DisposeAsync() => _demo.DisposeAsync();

    [Fact]
    public async Task A_report_is_stored_and_becomes_a_status_with_its_reason_in_words()
    {
        var fact = DemoServer.Returned("H-01-0002");

        var answer = await PostAsync(fact.ToJsonString());

        answer.GetProperty("accepted").GetInt32().ShouldBe(1);
        await _demo.WaitUntilSettledAsync();
        var status = await _demo.GetJsonAsync("api/households/H-01-0002/status");
        status.GetProperty("status").GetString().ShouldBe("observed");
        var because = status.GetProperty("because")[0];
        because.GetProperty("rule").GetString().ShouldBe("returned-other");
        because.GetProperty("fact").GetGuid().ShouldBe((Guid)fact["id"]!);
        because.GetProperty("words").GetProperty("zh-CN").GetString()!.ShouldContain("杭州");
        because.GetProperty("words").GetProperty("en").GetString()!.ShouldContain("Hangzhou");
    }

    [Fact]
    public async Task The_same_fact_again_is_a_duplicate_and_changes_nothing()
    {
        var body = DemoServer.Returned("H-01-0003").ToJsonString();
        await PostAsync(body);
        await _demo.WaitUntilSettledAsync();
        var sequence = _demo.Snapshot.Sequence;

        var answer = await PostAsync(body);

        answer.GetProperty("duplicate").GetInt32().ShouldBe(1);
        await _demo.WaitUntilSettledAsync();
        _demo.Snapshot.Sequence.ShouldBe(sequence);
    }

    [Fact]
    public async Task An_override_is_not_confirmed_by_whoever_proposed_it_under_another_name_either()
    {
        var proposed = Override("person:li", null);
        await PostAsync(proposed.ToJsonString());

        var answer = await PostAsync(Override("person:li", (Guid)proposed["id"]!).ToJsonString(), HttpStatusCode.UnprocessableEntity);

        (answer.GetProperty("code").GetString(), answer.GetProperty("field").GetString()).ShouldBe(("same-source", "data.confirms"));
        answer = await PostAsync(Override("person:wang", (Guid)proposed["id"]!).ToJsonString(), HttpStatusCode.UnprocessableEntity);
        answer.GetProperty("code").GetString().ShouldBe("same-source");
        await _demo.WaitUntilSettledAsync();
        (await _demo.GetJsonAsync("api/households/H-01-0006/status"))
            .GetProperty("because")
            .EnumerateArray()
            .ShouldNotContain(reason => reason.GetProperty("rule").GetString() == "override");

        static JsonObject Override(string source, Guid? confirms)
        {
            var fact = DemoServer.Returned("H-01-0006");
            (fact["kind"], fact["source"], fact["data"]) = (
                "override",
                source,
                new JsonObject { ["status"] = "observed", ["reason"] = "家访后决定" }
            );
            if (confirms is { } first)
                fact["data"]!["confirms"] = first;
            return fact;
        }
    }

    [Fact]
    public async Task Another_fact_under_a_taken_id_is_refused()
    {
        var id = Guid.NewGuid();
        await PostAsync(DemoServer.Returned("H-01-0004", id).ToJsonString());

        var answer = await PostAsync(DemoServer.Returned("H-01-0005", id).ToJsonString(), HttpStatusCode.UnprocessableEntity);

        answer.GetProperty("code").GetString().ShouldBe("id-conflict");
        answer.GetProperty("field").GetString().ShouldBe("id");
    }

    [Fact]
    public async Task Of_an_array_the_good_ones_go_in_and_each_rejected_one_says_why()
    {
        var good = DemoServer.Returned("H-01-0006");
        var bad = DemoServer.Returned("H-99-9999");
        var repeated = good.DeepClone();
        var different = good.DeepClone();
        different["data"]!["from"] = "420100";

        var answer = await PostAsync(new JsonArray(bad, good, repeated, different, 7).ToJsonString());

        Outcomes(answer)
            .ShouldBe([
                "rejected household-unknown household",
                "accepted",
                "duplicate",
                "rejected id-conflict id",
                "rejected type-wrong body",
            ]);
        (await CountAsync((Guid)good["id"]!)).ShouldBe(1);
    }

    [Fact]
    public async Task Of_a_stream_of_lines_a_broken_line_does_not_keep_the_others_out()
    {
        var (first, second) = (DemoServer.Returned("H-01-0007"), DemoServer.Returned("H-01-0008"));

        var answer = await PostAsync(
            $"{first.ToJsonString()}\n{{\"id\": oops\n\n{second.ToJsonString()}",
            mediaType: "application/x-ndjson"
        );

        Outcomes(answer).ShouldBe(["accepted", "rejected json-malformed body", "accepted"]);
        (await CountAsync((Guid)first["id"]!) + await CountAsync((Guid)second["id"]!)).ShouldBe(2);
    }

    [Fact]
    public async Task A_stream_of_five_thousand_is_taken_whole()
    {
        var codes = (await _demo.GetJsonAsync("api/households?limit=1000"))
            .GetProperty("households")
            .EnumerateArray()
            .Select(household => household.GetProperty("household").GetString()!)
            .ToArray();
        var lines = Enumerable.Range(0, 5_000).Select(i => DemoServer.Returned(codes[i % codes.Length]).ToJsonString());

        var answer = await PostAsync(string.Join('\n', lines), mediaType: "application/x-ndjson");

        answer.GetProperty("accepted").GetInt32().ShouldBe(5_000);
        await _demo.WaitUntilSettledAsync();
        codes.Length.ShouldBe(1_000);
        foreach (var household in codes.Take(3))
            (await _demo.GetJsonAsync($"api/households/{household}"))
                .GetProperty("status")
                .GetString()
                .ShouldBeOneOf("observed", "quarantined");
    }

    [Fact]
    public async Task A_passage_at_an_unknown_checkpoint_and_a_member_of_another_household_are_named()
    {
        var passage = DemoServer.Returned("H-01-0009");
        passage["kind"] = "passage";
        passage["data"] = new JsonObject { ["checkpoint"] = "C-77", ["direction"] = "in" };
        var stranger = DemoServer.Returned("H-01-0009");
        stranger["person"] = "P-00001";

        Outcomes(await PostAsync(new JsonArray(passage, stranger, DemoServer.Returned("H-01-0009")).ToJsonString()))
            .ShouldBe(["rejected checkpoint-unknown data.checkpoint", "rejected person-unknown person", "accepted"]);
    }

    [Fact]
    public async Task A_retraction_takes_back_what_it_names_also_when_it_comes_first()
    {
        var fact = DemoServer.Returned("H-01-0010");
        var retraction = DemoServer.Returned("H-01-0010");
        retraction["kind"] = "retraction";
        retraction["data"] = new JsonObject { ["fact"] = (Guid)fact["id"]!, ["reason"] = "the wrong door" };

        await PostAsync(retraction.ToJsonString());
        await PostAsync(fact.ToJsonString());

        await _demo.WaitUntilSettledAsync();
        (await _demo.GetJsonAsync("api/households/H-01-0010/status")).GetProperty("status").GetString().ShouldBe("healthy");
    }

    private async Task<JsonElement> PostAsync(
        string body,
        HttpStatusCode expected = HttpStatusCode.Accepted,
        string mediaType = "application/json"
    )
    {
        var response = await _demo.PostFactsAsync(body, mediaType);
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    private async Task<long> CountAsync(Guid id) => await _demo.Database.ReadAsync<long>("SELECT count(*) FROM fact WHERE id = $1", id);

    private static string[] Outcomes(JsonElement answer) =>
        [
            .. answer
                .GetProperty("items")
                .EnumerateArray()
                .Select(item =>
                    string.Join(
                        ' ',
                        new[] { "outcome", "code", "field" }
                            .Select(name => item.GetProperty(name).GetString())
                            .Where(text => text is not null)
                    )
                ),
        ];
}
