using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OtpNet;
using Shouldly;
using SituationMap.Server.Tests.Access;
using SituationMap.Server.Tests.Jobs;
using SituationMap.Store.Database;
using With = SituationMap.Server.Tests.ApiDescription.DescribedOperation.With;

namespace SituationMap.Server.Tests.ApiDescription;

/// <summary>The examples in the API's description are what a real server answers to the requests in it, on one day of the demo
/// community.</summary>
public sealed class ExamplesTests(LakeBasemap lake, PostgisCluster cluster) : IClassFixture<LakeBasemap>
{
    private const string Rewrite = "WRITE_EXAMPLES";
    private const string Checkpoint = "code,name,lon,lat\nC-900,North gate,124.0451,40.4492\n";
    private const string Outline = """
        {"type":"Feature","properties":{"name":"North lane"},"geometry":{"type":"Polygon",
        "coordinates":[[[124.044,40.448],[124.046,40.448],[124.046,40.45],[124.044,40.45],[124.044,40.448]]]}}
        """;

    /// <summary>What is asked for in its place among the steps, or goes on for ever.</summary>
    private static readonly string[] Later =
    [
        "getApiAccessAccounts",
        "getApiAccessKeys",
        "getApiAudit",
        "getApiAuditFactsId",
        "getApiExportsId",
        "getApiExportsIdFile",
        "getApiHouseholdsCodeMembers",
        "getApiImportsId",
        "getApiImportsIdPreview",
        "getApiJobs",
        "getApiLive",
        .. GateExamples.Later,
        "getApiSubscriptions",
        "getApiSubscriptionsIdDeliveries",
        "getApiZonesCodeVersions",
    ];

    private ExampleRecorder _recorder = null!;
    private HttpClient _office = null!;
    private HttpClient _approver = null!;
    private string _zone = "";

    [Fact]
    public async Task Every_example_is_what_the_server_answers()
    {
        var locked = new LockedServer(cluster) { Day = new(), Settings = [("SituationMap:Basemap", lake.Pm)] };
        await using var _ = locked;
        await locked.InitializeAsync();
        var document = JsonNode.Parse(await locked.Nobody.GetStringAsync(new Uri("openapi/v1.json", UriKind.Relative)))!;
        _recorder = new(document, locked.Server.Address, Environment.GetEnvironmentVariable(Rewrite) is not null);
        _office = await locked.SignInAsync("zhang.min", "administrator");
        foreach (var role in (string[])["planner", "reporter", "dispatcher", "auditor"])
            (await _office.PostAsJsonAsync("api/access/accounts/zhang.min/grants", new { role })).EnsureSuccessStatusCode();
        _approver = await locked.SignInAsync("wang.fang", "approver");

        string[] read = [.. _recorder.Operations.Values.Where(one => one.Method == "GET" && !Later.Contains(one.Id)).Select(one => one.Id)];
        string[] duty = ["postApiWorkers", "postApiPosts", "postApiPostsCodeShifts", "postApiPostsCopy"];
        foreach (var id in (string[])[.. read, "postApiLookup", "postApiWithin", .. duty])
            await _recorder.AskAsync(_office, id);
        // from here on the sequence that answers carry goes on
        await RecordAcknowledgementAsync();
        await GateExamples.RecordAsync(_recorder, _office);
        await RecordAccessAsync(locked);
        await RecordPersonsAsync();
        await RecordPlanningAsync();
        await RecordEditingAsync();
        await RecordImportsAsync();
        await RecordExportsAsync();
        await RecordSubscriptionsAsync();
        await RecordJobsAsync(locked);
        await _recorder.AskAsync(_office, "getApiAudit");
        await RecordProblemsAsync(locked);
        // the last, for from here on those who asked have no right any more
        await _recorder.AskAsync(_office, "putApiAccessSecondFactor");

        _recorder.Faults.ShouldBeEmpty($"run this test with {Rewrite}=1 if it should be so");
        _recorder.Operations.Keys.Except(_recorder.Asked).ShouldBe(["getApiLive"]);
        _recorder.Leftover().ShouldBeEmpty();
    }

    private async Task RecordAcknowledgementAsync()
    {
        var newest = await _office.GetFromJsonAsync<JsonNode>("api/changes?kind=status&limit=1&from=2020-01-01T00:00:00Z");
        var body = new JsonObject { ["changes"] = new JsonArray(newest!["changes"]![0]!["sequence"]!.GetValue<long>()) };
        await _recorder.AskAsync(_office, "postApiChangesAcknowledgements", new() { Body = body });
    }

    private async Task RecordAccessAsync(LockedServer locked)
    {
        (await _office.PostAsJsonAsync("api/access/accounts", new { name = "gate" })).EnsureSuccessStatusCode();
        await _recorder.AskAsync(_office, "postApiAccessAccounts");
        await _recorder.AskAsync(_office, "postApiAccessAccountsNameGrants");
        await _recorder.AskAsync(_office, "postApiAccessAccountsNamePassword");
        var accounts = await _recorder.AskAsync(_office, "getApiAccessAccounts");
        using var session = new HttpClient { BaseAddress = locked.Server.Address };
        await _recorder.AskAsync(session, "postApiSession");
        await RecordOwnAccountAsync(session, locked.Day!);
        await _recorder.AskAsync(session, "deleteApiSession");
        var grant = accounts!["accounts"]!.AsArray().Single(one => one!["name"]!.ToString() == "li.na")!["grants"]![0]!["id"]!.ToString();
        await _recorder.AskAsync(_office, "deleteApiAccessAccountsNameGrantsId", new(("id", grant)));
        await _recorder.AskAsync(_office, "postApiAccessAccountsNameDisable");
        await _recorder.AskAsync(_office, "postApiAccessAccountsNameEnable");
        await _recorder.AskAsync(_office, "postApiAccessKeys");
        // to the database, whose clock is the machine's, that day is long ago
        await locked.Database.ExecuteAsync("UPDATE credential SET expires_at = expires_at + interval '1 century' WHERE kind = 'key'");
        var keys = await _recorder.AskAsync(_office, "getApiAccessKeys");
        await _recorder.AskAsync(_office, "deleteApiAccessKeysId", new(("id", keys!["keys"]![0]!["id"]!.ToString())));
    }

    private async Task RecordOwnAccountAsync(HttpClient session, DemoDay day)
    {
        await _recorder.AskAsync(session, "postApiAccountPassword");
        var codes = await EnrolAsync();
        await _recorder.AskAsync(session, "postApiAccountSecondFactorRemove", new() { Body = new JsonObject { ["code"] = codes[0] } });
        await EnrolAsync();
        await _recorder.AskAsync(_office, "deleteApiAccessAccountsNameSecondFactor");
        await _recorder.AskAsync(session, "deleteApiAccountSessions");
        var own = await session.GetFromJsonAsync<JsonNode>("api/account/sessions");
        await _recorder.AskAsync(session, "deleteApiAccountSessionsId", new(("id", own!["sessions"]![0]!["id"]!.ToString())));
        (
            await session.PostAsJsonAsync("api/session", new { name = "li.na", password = "nine purple umbrellas" })
        ).EnsureSuccessStatusCode();

        async Task<string[]> EnrolAsync()
        {
            var begun = await _recorder.AskAsync(session, "postApiAccountSecondFactor");
            var code = new Totp(Base32Encoding.ToBytes(begun!["secret"]!.ToString())).ComputeTotp(day.GetUtcNow().UtcDateTime);
            var body = new JsonObject { ["code"] = code };
            var confirmed = await _recorder.AskAsync(session, "postApiAccountSecondFactorConfirm", new() { Body = body });
            return [.. confirmed!["codes"]!.AsArray().Select(one => one!.ToString())];
        }
    }

    private async Task RecordPersonsAsync()
    {
        string[] steps = ["putApiPersonsCode", "getApiHouseholdsCodeMembers", "postApiHouseholdsCodeMembers", "postApiPersonsSearch"];
        foreach (var id in steps.Concat(["postApiPersonsCodeExport", "postApiPersonsCodeErase"]))
            await _recorder.AskAsync(_office, id);
        (await _office.PostAsJsonAsync("api/door-codes", new { household = "H-01-0001" })).EnsureSuccessStatusCode();
        await _recorder.AskAsync(_office, "postApiDoorCodes"); // it keeps its code, which is told only once
        await _recorder.AskAsync(_office, "deleteApiHouseholdsCodeDoorCode");
    }

    private async Task RecordPlanningAsync()
    {
        await _recorder.AskAsync(_office, "postApiZonesPreview");
        await _recorder.AskAsync(_office, "postApiZonesOutlines", new() { File = ("lane.geojson", Outline) });
        _zone = (await _recorder.AskAsync(_office, "postApiZones"))!["code"]!.ToString();
        await StepAsync(_office, "submit");
        await StepAsync(_office, "withdraw");
        await StepAsync(_office, "submit");
        await StepAsync(_approver, "reject");
        await StepAsync(_office, "draft", "put");
        await StepAsync(_office, "submit");
        await StepAsync(_approver, "approve");
        await StepAsync(_approver, "lower");
        await StepAsync(_approver, "rollback");
        await StepAsync(
            _approver,
            "rollback",
            body: new JsonObject
            {
                ["reason"] = "drawn by mistake",
                ["version"] = 1,
                ["delaySeconds"] = 60,
            }
        );
        await StepAsync(_approver, "takeBack");
        await StepAsync(_office, "draft", "put");
        await StepAsync(_office, "draft", "delete");
        await _recorder.AskAsync(_office, "getApiZonesCodeVersions", new(("code", _zone)));
        await StepAsync(_approver, "split");
        await StepAsync(_approver, "rollback");
        await StepAsync(_approver, "end");
    }

    private async Task StepAsync(HttpClient client, string step, string method = "post", JsonObject? body = null) =>
        await _recorder.AskAsync(
            client,
            $"{method}ApiZonesCode{char.ToUpperInvariant(step[0])}{step[1..]}",
            new(("code", _zone), ("If-Match", await SeenAsync(_zone))) { Body = body }
        );

    private async Task<string> SeenAsync(string zone) =>
        JsonNode.Parse(await _office.GetStringAsync(new Uri($"api/zones/{zone}", UriKind.Relative)))!["etag"]!.ToString();

    private async Task RecordEditingAsync()
    {
        const string Items = "OgcCollectionsZonesItems";
        var made = await _recorder.AskAsync(_office, $"post{Items}");
        var code = made!["id"]!.ToString().Replace(":draft", "", StringComparison.Ordinal);
        foreach (var method in (string[])["put", "patch", "delete"])
            await _recorder.AskAsync(_office, $"{method}{Items}CodeDraft", new(("code", code), ("If-Match", await SeenAsync(code))));
        foreach (var method in (string[])["put", "patch"])
        {
            await _recorder.AskAsync(_office, $"{method}{Items}Id", new(("If-Match", await SeenAsync("Z-1"))));
            using var discard = new HttpRequestMessage(HttpMethod.Delete, "api/zones/Z-1/draft");
            discard.Headers.TryAddWithoutValidation("If-Match", await SeenAsync("Z-1"));
            (await _office.SendAsync(discard)).EnsureSuccessStatusCode();
        }
        await _recorder.AskAsync(_approver, $"delete{Items}Id", new(("If-Match", await SeenAsync("Z-1"))));
    }

    private async Task RecordImportsAsync()
    {
        var run = await _recorder.AskAsync(_office, "postApiImports", new() { File = ("checkpoints.csv", Checkpoint) });
        var id = run!["id"]!.ToString();
        await DemoServer.WaitAsync(async () =>
            (await LockedServer.GetAsync(_office, $"api/imports/{id}")).GetProperty("progress").GetDouble() >= 1
        );
        await _recorder.AskAsync(_office, "getApiImportsId", new(("id", id)));
        await _recorder.AskAsync(_office, "getApiImportsIdPreview", new(("id", id)));
    }

    private async Task RecordExportsAsync()
    {
        foreach (var order in _recorder.Operations.Keys.Where(id => id.StartsWith("postApiExports", StringComparison.Ordinal)))
        {
            var id = (await _recorder.AskAsync(_office, order))!["id"]!.ToString();
            await DemoServer.WaitAsync(async () =>
                (await LockedServer.GetAsync(_office, $"api/exports/{id}")).GetProperty("state").GetString() == "ready"
            );
            if (order != "postApiExportsGrids")
                continue;
            await _recorder.AskAsync(_office, "getApiExportsId", new(("id", id)));
            await _recorder.AskAsync(_office, "getApiExportsIdFile", new(("id", id)));
        }
    }

    private async Task RecordSubscriptionsAsync()
    {
        var made = await _recorder.AskAsync(_office, "postApiSubscriptions");
        With with = new(("id", made!["id"]!.ToString()));
        await _recorder.AskAsync(_office, "getApiSubscriptions");
        await _recorder.AskAsync(_office, "getApiSubscriptionsIdDeliveries", with);
        await _recorder.AskAsync(_office, "postApiSubscriptionsIdReplay", with);
        await _recorder.AskAsync(_office, "deleteApiSubscriptionsId", with);
    }

    private async Task RecordJobsAsync(LockedServer locked)
    {
        await DemoServer.WaitAsync(async () =>
        {
            var jobs = await LockedServer.GetAsync(_office, "api/jobs");
            return jobs.GetProperty("jobs")[0].GetProperty("last").ValueKind != JsonValueKind.Null
                && jobs.GetProperty("worker").GetProperty("lastBatchAt").ValueKind != JsonValueKind.Null;
        });
        await _recorder.AskAsync(_office, "getApiJobs");
        // a recompute that waits for somebody else can be cancelled
        await using var held = await JobTests.HoldAsync(locked.Database, $"SELECT pg_advisory_lock_shared({LockKeys.Statuses}, 0)");
        With recompute = new(("name", "recompute"));
        await _recorder.AskAsync(_office, "postApiJobsNameRun", recompute);
        await DemoServer.WaitAsync(async () =>
            (await JobTests.GetJobAsync(_office, "recompute")).GetProperty("running").ValueKind != JsonValueKind.Null
        );
        await _recorder.AskAsync(_office, "postApiJobsNameCancel", recompute);
    }

    private async Task RecordProblemsAsync(LockedServer locked)
    {
        async Task RefusedAsync(int status, HttpClient client, string method, string path, string? body = null, string? seen = null)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            if (body is not null)
                request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            if (seen is not null)
                request.Headers.TryAddWithoutValidation("If-Match", seen);
            using var response = await client.SendAsync(request);
            await _recorder.RefusedAsync(status, response);
        }

        await RefusedAsync(400, _office, "GET", "api/lookup?lon=124.0451&lat=95");
        await RefusedAsync(401, locked.Nobody, "GET", "api/place");
        await RefusedAsync(403, _approver, "GET", "api/audit");
        await RefusedAsync(404, _office, "GET", "api/households/H-99-0001");
        await RefusedAsync(409, _office, "POST", "api/access/accounts", """{"name":"li.na"}""");
        await RefusedAsync(412, _approver, "POST", $"api/zones/{_zone}/end", """{"reason":"14 days without a case"}""", "\"0.1\"");
        await RefusedAsync(428, _approver, "POST", $"api/zones/{_zone}/end", """{"reason":"14 days without a case"}""");
        var fact = DemoServer.Returned("H-01-0001");
        fact["at"] = DemoDay.Begin.AddMinutes(-1);
        fact["data"] = new JsonObject();
        await RefusedAsync(422, _office, "POST", "api/facts", fact.ToJsonString());
        await locked.Database.ExecuteAsync(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'full' USING ERRCODE = '53100'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON fact FOR EACH STATEMENT EXECUTE FUNCTION refuse()
            """
        );
        fact["data"] = new JsonObject { ["from"] = "330100", ["risk"] = "low" };
        await RefusedAsync(503, _office, "POST", "api/facts", fact.ToJsonString());
    }
}
