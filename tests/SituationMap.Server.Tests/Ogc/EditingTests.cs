using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Core.Projections;
using SituationMap.Server.Tests.Zones;

namespace SituationMap.Server.Tests.Ogc;

/// <summary>
/// What the abstract tests of part 4 of create, replace, update and delete, of locking with ETags, and of features assert, and what each
/// means for a zone.
/// </summary>
public sealed class EditingTests(SharedDemo standard) : ZoneItemsTests(standard)
{
    [Fact]
    public async Task A_zone_is_created_replaced_updated_and_deleted_as_a_draft()
    {
        using var created = await SendAsync(HttpMethod.Post, Items, Draft("E-1"));
        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync(Cancellation));
        var address = created.Headers.Location!.ToString();
        address.ShouldEndWith("/items/E-1:draft");
        var (first, seen) = await GetAsync(address);
        seen.ShouldBe(created.Headers.ETag!.Tag);
        first.GetProperty("id").GetString().ShouldBe("E-1:draft");
        first.GetProperty("geometry").GetRawText().ShouldBe((await JsonAsync(created)).GetProperty("geometry").GetRawText());
        Property(first, "state").ShouldBe("draft");
        Property(first, "name").ShouldBe("试验区");
        Property(first, "reason").ShouldBe("试验");
        first.GetProperty("properties").GetProperty("from").ValueKind.ShouldBe(JsonValueKind.Null);

        // the whole of it, as it was read, with other words
        var whole = JsonNode.Parse(first.GetRawText())!;
        whole["properties"]!["name"] = "North lane";
        whole["id"] = "some-other";
        using var replaced = await SendAsync(HttpMethod.Put, address, whole, seen);
        replaced.StatusCode.ShouldBe(HttpStatusCode.OK, await replaced.Content.ReadAsStringAsync(Cancellation));
        var (second, after) = await GetAsync(address);
        after.ShouldNotBe(seen);
        after.ShouldBe(replaced.Headers.ETag!.Tag);
        Property(second, "name").ShouldBe("North lane");
        second.GetProperty("id").GetString().ShouldBe("E-1:draft");

        // one part: all others stay
        using var updated = await SendAsync(
            HttpMethod.Patch,
            address,
            new JsonObject
            {
                ["properties"] = new JsonObject
                {
                    ["level"] = "medium",
                    ["to"] = "2026-12-31T00:00:00+08:00",
                    ["name"] = "South lane",
                },
            },
            after,
            MergePatch
        );
        updated.StatusCode.ShouldBe(HttpStatusCode.OK, await updated.Content.ReadAsStringAsync(Cancellation));
        var (third, last) = await GetAsync(address);
        (Property(third, "level"), Property(third, "name"), Property(third, "reason")).ShouldBe(("medium", "South lane", "试验"));
        third
            .GetProperty("properties")
            .GetProperty("to")
            .GetDateTimeOffset()
            .ShouldBe(new DateTimeOffset(2026, 12, 30, 16, 0, 0, TimeSpan.Zero));
        third.GetProperty("geometry").GetRawText().ShouldBe(first.GetProperty("geometry").GetRawText());
        using var unset = await SendAsync(
            HttpMethod.Patch,
            address,
            JsonNode.Parse(
                """
                {"properties":{"to":null},"geometry":{"type":"Polygon",
                "coordinates":[[[124.05,40.45],[124.052,40.45],[124.052,40.452],[124.05,40.45]]]}}
                """
            ),
            last,
            MergePatch
        );
        unset.StatusCode.ShouldBe(HttpStatusCode.OK, await unset.Content.ReadAsStringAsync(Cancellation));
        var patched = await JsonAsync(unset);
        patched.GetProperty("properties").GetProperty("to").ValueKind.ShouldBe(JsonValueKind.Null);
        patched.GetProperty("geometry").GetProperty("coordinates")[0][0].GetArrayLength().ShouldBe(4);

        (await Demo.GetIdsAsync($"{Items}?state=draft&limit=1000")).ShouldContain("E-1:draft");
        (await Demo.GetIdsAsync($"{Items}?limit=1000")).ShouldNotContain("E-1:draft", "what is planned is in no list of what is in force");

        using var deleted = await SendAsync(HttpMethod.Delete, address, null, unset.Headers.ETag!.Tag);
        deleted.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await StatusAsync(address)).ShouldBe(HttpStatusCode.NotFound);
        var steps = (await Demo.GetJsonAsync("api/zones/E-1/versions"))
            .GetProperty("steps")
            .EnumerateArray()
            .Select(step => step.GetProperty("action").GetString());
        steps.ShouldBe(["drafted", "changed", "changed", "changed", "discarded"], ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_in_force_is_not_overwritten_a_draft_is_begun_and_deleting_ends_it()
    {
        await new Planner(Demo.Server).PublishAsync(Planner.Feature(124.060, 40.450, 124.061, 40.451, code: "E-2"));
        var (zone, seen) = await GetAsync($"{Items}/E-2");
        (zone.GetProperty("id").GetString(), Property(zone, "state")).ShouldBe(("E-2:1", "inForce"));

        var change = new JsonObject { ["properties"] = new JsonObject { ["name"] = "Renamed" } };
        using (var without = await SendAsync(HttpMethod.Patch, $"{Items}/E-2", change.DeepClone(), seen, MergePatch))
            (await FaultAsync(without, HttpStatusCode.BadRequest)).ShouldBe(("field-missing", "properties.reason"));
        change["properties"]!["reason"] = "a better name";
        using var accepted = await SendAsync(HttpMethod.Patch, $"{Items}/E-2:1", change, seen, MergePatch);
        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted, await accepted.Content.ReadAsStringAsync(Cancellation));
        accepted.Headers.Location!.ToString().ShouldEndWith("/items/E-2:draft");
        var (now, after) = await GetAsync($"{Items}/E-2");
        Property(now, "name").ShouldBe("试验区", "nobody has approved it");
        var (draft, _) = await GetAsync(accepted.Headers.Location!.ToString());
        (Property(draft, "name"), draft.GetProperty("properties").GetProperty("version").GetInt32()).ShouldBe(("Renamed", 1));
        using (var second = await SendAsync(HttpMethod.Put, $"{Items}/E-2", Draft("E-2"), after))
            (await FaultAsync(second, HttpStatusCode.Conflict)).ShouldBe(("draft-present", "id"));

        using (var unexplained = await SendAsync(HttpMethod.Delete, $"{Items}/E-2", null, after))
            (await FaultAsync(unexplained, HttpStatusCode.BadRequest)).ShouldBe(("field-missing", "reason"));
        using var ended = await SendAsync(HttpMethod.Delete, $"{Items}/E-2?reason=all+clear", null, after);
        ended.StatusCode.ShouldBe(HttpStatusCode.NoContent, await ended.Content.ReadAsStringAsync(Cancellation));
        (await StatusAsync($"{Items}/E-2")).ShouldBe(HttpStatusCode.NotFound);
        Property((await GetAsync($"{Items}/E-2:1")).Feature, "state").ShouldBe("ended");
        await DemoServer.WaitAsync(async () => !(await Demo.GetIdsAsync($"{Items}?limit=1000")).Contains("E-2:1"));
        (await Demo.GetIdsAsync($"{Items}?state=ended&code=E-2")).ShouldBe(["E-2:1"]);
    }

    [Fact]
    public async Task Nobody_changes_what_he_has_not_seen()
    {
        using var created = await SendAsync(HttpMethod.Post, Items, Draft("E-3"));
        var (address, seen) = (created.Headers.Location!.ToString(), created.Headers.ETag!.Tag);
        foreach (
            var (method, body, type) in ((HttpMethod, JsonNode?, string)[])
                [
                    (HttpMethod.Put, Draft("E-3"), GeoJson),
                    (HttpMethod.Patch, new JsonObject { ["properties"] = new JsonObject { ["name"] = "mine" } }, MergePatch),
                    (HttpMethod.Delete, null, GeoJson),
                ]
        )
        {
            using (var blind = await SendAsync(method, address, body?.DeepClone(), null, type))
                (await FaultAsync(blind, HttpStatusCode.PreconditionRequired)).ShouldBe(("precondition-missing", "If-Match"));
            using var stale = await SendAsync(method, address, body?.DeepClone(), "\"0\"", type);
            (await FaultAsync(stale, HttpStatusCode.PreconditionFailed)).ShouldBe(("zone-changed", "If-Match"));
            stale.Headers.ETag!.Tag.ShouldBe(seen);
        }
        (await GetAsync(address)).Tag.ShouldBe(seen);

        using (
            var theirs = await SendAsync(
                HttpMethod.Patch,
                address,
                new JsonObject { ["properties"] = new JsonObject { ["name"] = "theirs" } },
                seen,
                MergePatch
            )
        )
            theirs.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var mine = await SendAsync(
            HttpMethod.Patch,
            address,
            new JsonObject { ["properties"] = new JsonObject { ["level"] = "low" } },
            seen,
            MergePatch
        );
        mine.StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        var sides = await JsonAsync(mine);
        sides.GetProperty("current").GetProperty("draft").GetProperty("name").GetString().ShouldBe("theirs");
        (sides.GetProperty("yours").GetProperty("name").GetString(), sides.GetProperty("yours").GetProperty("level").GetString()).ShouldBe(
            ("试验区", "low")
        );
        sides.GetProperty("base").GetProperty("name").GetString().ShouldBe("试验区");
    }

    [Theory]
    [InlineData("EPSG:4326", "http://www.opengis.net/def/crs/EPSG/0/4326")]
    [InlineData("EPSG:3857", "<http://www.opengis.net/def/crs/EPSG/0/3857>")]
    [InlineData("EPSG:4529", "<http://www.opengis.net/def/crs/EPSG/0/4529>")]
    [InlineData("GCJ02", "GCJ02")]
    public async Task A_geometry_is_read_in_the_system_that_is_named_and_answered_in_it(string name, string header)
    {
        var system = Demo.Server.Services.GetRequiredService<CoordinateSystems>().Find(name)!;
        (double, double)[] ring = [(124.0600, 40.4600), (124.0620, 40.4600), (124.0620, 40.4615), (124.0600, 40.4600)];
        var draft = Draft(null);
        draft["geometry"] = new JsonObject
        {
            ["type"] = "Polygon",
            ["coordinates"] = new JsonArray(
                new JsonArray([
                    .. ring.Select(position =>
                    {
                        var (x, y) = system.FromLonLat(position.Item1, position.Item2);
                        return (JsonNode)(system.Axes == AxisOrder.NorthEast ? new JsonArray(y, x) : new JsonArray(x, y));
                    }),
                ])
            ),
        };
        using var created = await SendAsync(HttpMethod.Post, Items, draft.DeepClone(), contentCrs: header);
        created.StatusCode.ShouldBe(HttpStatusCode.Created, await created.Content.ReadAsStringAsync(Cancellation));
        created.Headers.GetValues("Content-Crs").Single().ShouldBe($"<{system.Uri}>");
        var stored = (await GetAsync(created.Headers.Location!.ToString()))
            .Feature.GetProperty("geometry")
            .GetProperty("coordinates")[0][0]
            .EnumerateArray()
            .Select(position => (position[0].GetDouble(), position[1].GetDouble()))
            .ToArray();
        foreach (var (lon, lat) in ring)
            stored.ShouldContain(position => Math.Abs(position.Item1 - lon) < 2e-7 && Math.Abs(position.Item2 - lat) < 2e-7);

        // two numbers that this system has nowhere
        draft["geometry"]!["coordinates"]![0]![1] = new JsonArray(1e9, 1e9);
        using var outside = await SendAsync(HttpMethod.Post, Items, draft, contentCrs: header);
        (await FaultAsync(outside, HttpStatusCode.BadRequest)).ShouldBe(("outside-area", "geometry.coordinates[0][1]"));
        using var unknown = await SendAsync(HttpMethod.Post, Items, Draft(null), contentCrs: "<http://www.opengis.net/def/crs/EPSG/0/1>");
        (await FaultAsync(unknown, HttpStatusCode.BadRequest)).ShouldBe(("crs-unknown", "Content-Crs"));
    }
}
