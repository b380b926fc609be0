using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Server.Tests.Facts;

/// <summary>A thousand bad requests, made from good ones by breaking one thing each: none may be an internal error or leave a
/// trace.</summary>
public sealed class MalformedFactsTests(PostgisCluster cluster)
{
    private static readonly byte[] BrokenUtf8 = [0xC3, 0x28];

    [Fact]
    public async Task Every_malformed_fact_is_refused_with_a_code_and_the_field_and_nothing_is_written()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var before = await TraceAsync(demo);
        var cases = Cases().Take(1_000).ToArray();
        cases.Length.ShouldBe(1_000);

        foreach (var (what, body, field) in cases)
        {
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var response = await demo.Client.PostAsync(new Uri("api/facts", UriKind.Relative), content);
            var text = await response.Content.ReadAsStringAsync();
            ((int)response.StatusCode).ShouldBeInRange(400, 499, $"{what}: {text}");
            var problem = JsonSerializer.Deserialize<JsonElement>(text);
            problem.GetProperty("code").GetString().ShouldNotBeNullOrEmpty(what);
            problem.GetProperty("field").GetString().ShouldBe(field, what);
            problem.GetProperty("expected").GetString().ShouldNotBeNullOrEmpty(what);
            foreach (var leak in new[] { "Exception", "Npgsql", "SELECT", "INSERT", " at SituationMap" })
                text.ShouldNotContain(leak, Case.Sensitive, what);
        }

        (await TraceAsync(demo)).ShouldBe(before);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var before = await TraceAsync(demo);
        var fact = DemoServer.Returned("H-01-0001");
        fact["data"]!["from"] = new string('x', 33 << 20);

        // as clients do with large bodies: ask before sending
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/facts")
        {
            Content = new StringContent(fact.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        request.Headers.ExpectContinue = true;
        request.Headers.Authorization = demo.Client.DefaultRequestHeaders.Authorization;
        // and wait for the answer to that, however busy the machine is
        using var client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) })
        {
            BaseAddress = demo.Client.BaseAddress,
        };
        using var response = await client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        var problem = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
        problem.GetProperty("code").GetString().ShouldBe("body-too-large");
        problem.GetProperty("field").GetString().ShouldBe("body");
        (await TraceAsync(demo)).ShouldBe(before);
    }

    [Fact]
    public async Task Another_media_type_is_refused()
    {
        await using var demo = await DemoServer.StartAsync(cluster);

        using var response = await demo.PostFactsAsync("id=1", "application/x-www-form-urlencoded");

        response.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        JsonSerializer
            .Deserialize<JsonElement>(await response.Content.ReadAsStringAsync())
            .GetProperty("field")
            .GetString()
            .ShouldBe("Content-Type");
    }

    private static async Task<string> TraceAsync(DemoServer demo) =>
        await demo.Database.ReadAsync<string>(
            "SELECT (SELECT count(*) FROM fact) || '/' || (SELECT count(*) FROM dirty_household) || '/' || (SELECT last FROM feed_counter)"
        );

    private static IEnumerable<(string What, byte[] Body, string Field)> Cases()
    {
        while (true)
        {
            foreach (var name in new[] { "id", "kind", "household", "at", "source" })
            {
                yield return Broken($"{name} missing", name, fact => fact.Remove(name));
                yield return Broken($"{name} null", name, fact => fact[name] = null);
                foreach (var wrong in new JsonNode[] { 7, true, new JsonArray(), new JsonObject(), "" })
                    yield return Broken($"{name} = {wrong.ToJsonString()}", name, fact => fact[name] = wrong.DeepClone());
                foreach (var sql in new[] { "'; DROP TABLE fact; --", "H-01-0001' OR '1'='1", "$1", "\\x00", "%00", "{{7*7}}" })
                    yield return Broken($"{name} with SQL", name, fact => fact[name] = sql);
                yield return Broken($"{name} with U+0000", name, fact => fact[name] = "a\0b");
                yield return Raw($"{name} with a lone surrogate", $$"""{"{{name}}":"\ud800"}""", name);
                yield return Broken($"{name} endless", name, fact => fact[name] = new string('x', 5_000));
            }
            foreach (
                var at in new[]
                {
                    "yesterday",
                    "2020-02-05",
                    "2020-02-05T09:00:00",
                    "2020-13-45T09:00:00+08:00",
                    "9999-12-31T23:59:59Z",
                    "1899-01-01T00:00:00Z",
                    "2020-02-05T09:00:00+99:00",
                    "NaN",
                    "Infinity",
                    "0000-00-00T00:00:00Z",
                    DateTimeOffset.UtcNow.AddMinutes(10).ToString("O"),
                }
            )
                yield return Broken($"at = {at}", "at", fact => fact["at"] = at);
            foreach (var person in new JsonNode[] { 7, new JsonArray(), "", "P-99999", "'--" })
                yield return Broken($"person = {person.ToJsonString()}", "person", fact => fact["person"] = person.DeepClone());
            foreach (var data in new JsonNode[] { 7, "text", new JsonArray() })
                yield return Broken($"data = {data.ToJsonString()}", "data", fact => fact["data"] = data.DeepClone());
            foreach (var (kind, field, data) in WrongData())
            {
                yield return Broken($"{kind}: {data}", "data." + field, fact =>
                {
                    fact["kind"] = kind;
                    fact["data"] = JsonNode.Parse(data);
                });
            }
            yield return Broken("a field nobody knows", "colour", fact => fact["colour"] = "red");
            yield return Broken("an unknown household", "household", fact => fact["household"] = "H-99-9999");
            yield return Broken("a temperature of nobody", "person", fact =>
            {
                fact["kind"] = "temperature";
                fact["data"] = new JsonObject { ["celsius"] = 37 };
            });
            foreach (
                var body in new[]
                {
                    "",
                    " ",
                    "{",
                    "[",
                    "nul",
                    "{\"id\":NaN}",
                    "{\"id\":Infinity}",
                    "{'id':1}",
                    "[1,]",
                    "{\"a\":1,\"a\":2}",
                    "\"text",
                    "{}{}",
                    "[]",
                    new string('[', 100),
                    new string('[', 100) + new string(']', 100),
                    "\u0000",
                    "{\"id\":\"\\x\"}",
                }
            )
                yield return Raw($"body {body}", body, "body");
            yield return ("a number for a body", "42"u8.ToArray(), "body");
            yield return ("broken UTF-8", [.. "{\"id\":\""u8, .. BrokenUtf8, .. "\"}"u8], "body");
        }
    }

    private static IEnumerable<(string Kind, string Field, string Data)> WrongData() =>
        [
            ("survey", "members", "{}"),
            ("survey", "members", """{"members":-1}"""),
            ("survey", "members", """{"members":1.5}"""),
            ("survey", "members", """{"members":"3"}"""),
            ("survey", "members", """{"members":1e9}"""),
            ("survey", "present", """{"members":2,"present":3}"""),
            ("returned", "risk", "{}"),
            ("returned", "risk", """{"risk":"enormous"}"""),
            ("returned", "from", """{"risk":"low","from":7}"""),
            ("returned", "leftRiskAreaAt", """{"risk":"high","leftRiskAreaAt":"2999-01-01T00:00:00Z"}"""),
            ("returned", "lowest", """{"risk":"low","lowest":1}"""),
            ("contact", "degree", """{"degree":3,"lastExposure":"2020-02-05T09:00:00Z"}"""),
            ("contact", "lastExposure", """{"degree":1}"""),
            ("case", "confirmed", "{}"),
            ("case", "confirmed", """{"confirmed":"yes"}"""),
            ("order", "measure", """{"days":7}"""),
            ("order", "days", """{"measure":"quarantine"}"""),
            ("order", "days", """{"measure":"quarantine","days":0}"""),
            ("order", "days", """{"measure":"quarantine","days":7,"until":"2020-02-05T09:00:00Z"}"""),
            ("order", "until", """{"measure":"observation","until":"9999-01-01T00:00:00Z"}"""),
            ("release", "order", "{}"),
            ("release", "order", """{"order":"the last one"}"""),
            ("temperature", "celsius", "{}"),
            ("temperature", "celsius", """{"celsius":"37"}"""),
            ("temperature", "celsius", """{"celsius":99}"""),
            ("temperature", "celsius", """{"celsius":1e999}"""),
            ("temperature", "celsius", """{"celsius":-40}"""),
            ("test", "result", """{"result":"maybe"}"""),
            ("test", "result", """{"result":null}"""),
            ("passage", "checkpoint", """{"direction":"in"}"""),
            ("passage", "direction", """{"checkpoint":"C-1","direction":"up"}"""),
            ("passage", "checkpoint", """{"checkpoint":"C-99","direction":"in"}"""),
            ("override", "status", """{"status":"fine","reason":"x"}"""),
            ("override", "reason", """{"status":"healthy"}"""),
            ("override", "confirms", """{"status":"healthy","reason":"x","confirms":7}"""),
            ("retraction", "fact", """{"reason":"x"}"""),
            ("retraction", "reason", """{"fact":"0b6f3c1e-5a4d-4f0e-9c55-0d8f1d2f7a10"}"""),
        ];

    private static (string What, byte[] Body, string Field) Broken(string what, string field, Action<JsonObject> breakIt)
    {
        var fact = DemoServer.Returned("H-01-0001");
        breakIt(fact);
        return Raw(what, fact.ToJsonString(), field);
    }

    private static (string What, byte[] Body, string Field) Raw(string what, string body, string field) =>
        (what, Encoding.UTF8.GetBytes(body), field);
}
