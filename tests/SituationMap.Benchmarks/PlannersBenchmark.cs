using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using SituationMap.Store.Access;
using SituationMap.Store.Zones.Planning;

namespace SituationMap.Benchmarks;

/// <summary>Many planners edit the same few zones at once: nobody's edit is lost without his being told, and everything can be
/// replayed.</summary>
internal sealed class PlannersBenchmark(BenchmarkCity city, CancellationToken cancellation)
{
    private const int Zones = 4;

    /// <summary>What a planner wrote as the reason of his edit, by zone, in the order of the answers.</summary>
    private readonly ConcurrentBag<(string Code, string Edit)> _accepted = [];

    private int _refused;
    private int _published;

    public async Task RunAsync(int planners, int seconds)
    {
        await using var server = await ServerProcess.StartAsync(city.ConnectionString, [], cancellation);
        await city.SettleAsync(cancellation);
        var run = Guid.NewGuid().ToString("N")[..8];
        var middle = await city.ReadAsync<double[]>(
            "SELECT ARRAY[ST_X(c), ST_Y(c)] FROM (SELECT ST_Centroid(ST_Collect(point)) AS c FROM building) m",
            cancellation
        );
        string[] codes = [.. Enumerable.Range(0, Zones).Select(zone => $"PLAN-{run}-{zone}")];
        for (var zone = 0; zone < Zones; zone++)
        {
            using var made = await server.Client.PostAsJsonAsync(
                new Uri(server.Address, "api/zones"),
                Feature(zone, codes[zone], "0", 0.001),
                cancellation
            );
            made.EnsureSuccessStatusCode();
            _accepted.Add((codes[zone], "0"));
        }
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        over.CancelAfter(TimeSpan.FromSeconds(seconds));
        var approving = ZonesBenchmark.Planning(city);
        await Task.WhenAll(Enumerable.Range(1, planners).Select(planner => Task.Run(() => PlanAsync(planner), cancellation)));
        await CheckAsync(server, codes, planners, seconds);

        async Task PlanAsync(int planner)
        {
            var random = new Random(planner);
            for (var edit = 1; !over.IsCancellationRequested; edit++)
            {
                var zone = random.Next(Zones);
                var code = codes[zone];
                var seen = await server.Client.GetFromJsonAsync<JsonElement>(new Uri(server.Address, $"api/zones/{code}"), cancellation);
                var etag = seen.GetProperty("etag").GetString()!;
                if (random.Next(10) == 0)
                {
                    // every tenth hands in what is there, and somebody else approves it
                    using var submitted = await SendAsync(HttpMethod.Post, $"api/zones/{code}/submit", new JsonObject(), etag);
                    if (submitted.IsSuccessStatusCode)
                    {
                        var tag = ZoneTag
                            .Parse((await submitted.Content.ReadFromJsonAsync<JsonElement>(cancellation)).GetProperty("etag").GetString())!
                            .Value;
                        if (
                            (await approving.ApproveAsync(code, tag, new ZoneActor("approver", Scope.WholeCity), cancellation)).Fault
                            is null
                        )
                            Interlocked.Increment(ref _published);
                    }
                    continue;
                }
                var name = $"{planner}.{edit}";
                using var answer = await SendAsync(
                    HttpMethod.Put,
                    $"api/zones/{code}/draft",
                    Feature(zone, code, name, 0.0005 + (random.NextDouble() * 0.001)),
                    etag
                );
                if (answer.IsSuccessStatusCode)
                    _accepted.Add((code, name));
                else if (answer.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict)
                    Interlocked.Increment(ref _refused);
                else
                    throw new InvalidOperationException(
                        $"{(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellation)}"
                    );
            }
        }

        async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonNode body, string etag)
        {
            using var request = new HttpRequestMessage(method, new Uri(server.Address, path)) { Content = JsonContent.Create(body) };
            request.Headers.TryAddWithoutValidation("If-Match", etag);
            return await server.Client.SendAsync(request, cancellation);
        }

        JsonObject Feature(int zone, string code, string edit, double degrees)
        {
            var (x, y) = (middle[0] + (zone * 0.004), middle[1]);
            double[][][] ring =
            [
                [
                    [x, y],
                    [x + degrees, y],
                    [x + degrees, y + degrees],
                    [x, y + degrees],
                    [x, y],
                ],
            ];
            return new JsonObject
            {
                ["type"] = "Feature",
                ["geometry"] = new JsonObject { ["type"] = "Polygon", ["coordinates"] = JsonSerializer.SerializeToNode(ring) },
                ["properties"] = new JsonObject
                {
                    ["code"] = code,
                    ["name"] = "planners",
                    ["level"] = "medium",
                    ["reason"] = edit,
                },
            };
        }
    }

    private async Task CheckAsync(ServerProcess server, string[] codes, int planners, int seconds)
    {
        var kept = (
            await city.ReadAsync<string[]>(
                "SELECT COALESCE(array_agg(z.code || ' ' || s.reason), '{}') FROM zone_step s JOIN zone z ON z.id = s.zone "
                    + "WHERE z.code = ANY ($1) AND s.outline IS NOT NULL",
                cancellation,
                [codes]
            )
        )
            .Order()
            .ToArray();
        var accepted = _accepted.Select(edit => $"{edit.Code} {edit.Edit}").Order().ToArray();
        var broken = await city.ReadAsync<long>(
            """
            SELECT (SELECT count(*) FROM (SELECT 1 FROM zone_step s JOIN zone z ON z.id = s.zone
              WHERE z.code = ANY ($1) GROUP BY s.zone HAVING max(step) <> count(*)) t)
              + (SELECT count(*) FROM (SELECT 1 FROM zone_version v JOIN zone z ON z.id = v.zone
                WHERE z.code = ANY ($1) GROUP BY v.zone HAVING max(version) <> count(*)) t)
            """,
            cancellation,
            [codes]
        );
        var (versions, differing) = (0, 0);
        foreach (var code in codes)
        {
            var history = (
                await server.Client.GetFromJsonAsync<JsonElement>(new Uri(server.Address, $"api/zones/{code}/versions"), cancellation)
            )
                .GetProperty("versions")
                .EnumerateArray()
                .Select(entry => entry.GetProperty("version"))
                .ToArray();
            foreach (var version in history)
            {
                var at = version.GetProperty("from").GetDateTimeOffset();
                var then = (
                    await server.Client.GetFromJsonAsync<JsonElement>(
                        new Uri(server.Address, $"api/zones?at={Uri.EscapeDataString(at.ToString("O"))}"),
                        cancellation
                    )
                )
                    .GetProperty("zones")
                    .EnumerateArray()
                    .Single(zone => zone.GetProperty("code").GetString() == code);
                var ring = version.GetProperty("outline").GetProperty("coordinates")[0].ToString();
                if (
                    then.GetProperty("version").GetInt32() != version.GetProperty("version").GetInt32()
                    || then.GetProperty("outline").GetProperty("coordinates")[0][0].ToString() != ring
                )
                    differing++;
                versions++;
            }
        }
        Console.WriteLine(
            $"{planners} planners of {Zones} zones for {seconds} s: {accepted.Length:N0} edits accepted, {_refused:N0} refused and "
                + $"told so, {_published} versions published"
        );
        Console.WriteLine(
            "accepted edits that are not in the history, or the other way round: "
                + $"{accepted.Except(kept).Count() + kept.Except(accepted).Count()} (0 allowed); broken chains: {broken} (0 allowed); "
                + $"versions that are not what at= shows of their instant: {differing} of {versions} (0 allowed)"
        );
        foreach (var code in codes)
        {
            var zone = await server.Client.GetFromJsonAsync<JsonElement>(new Uri(server.Address, $"api/zones/{code}"), cancellation);
            if (zone.GetProperty("inForce").ValueKind == JsonValueKind.Null)
                continue;
            using var end = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Address, $"api/zones/{code}/end"))
            {
                Content = JsonContent.Create(new { reason = "benchmark" }),
            };
            end.Headers.TryAddWithoutValidation("If-Match", zone.GetProperty("etag").GetString());
            (await server.Client.SendAsync(end, cancellation)).EnsureSuccessStatusCode();
        }
    }
}
