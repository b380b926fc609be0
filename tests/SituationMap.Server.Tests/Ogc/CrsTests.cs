using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Core.Projections;

namespace SituationMap.Server.Tests.Ogc;

/// <summary>Part 2, annex A: other systems of coordinates, in questions and in answers.</summary>
public sealed class CrsTests(SharedDemo server) : AbstractTests(server)
{
    [Fact]
    public async Task Crs_fc_md_crs_list_and_storageCrs()
    {
        var answer = await JsonAsync("ogc/collections");
        var global = answer.GetProperty("crs").EnumerateArray().Select(uri => uri.GetString()!).ToArray();
        foreach (var collection in answer.GetProperty("collections").EnumerateArray())
        {
            var list = collection.GetProperty("crs").EnumerateArray().Select(uri => uri.GetString()!).ToArray();
            list.ShouldContain(Crs84);
            list.ShouldAllBe(uri => uri.StartsWith("http://www.opengis.net/def/crs/"));
            list.ShouldBe(global);
            list.ShouldContain(collection.GetProperty("storageCrs").GetString()!);
        }
    }

    [Fact]
    public async Task Crs_every_listed_one_is_answered_and_told_in_the_header()
    {
        var systems = Demo.Server.Services.GetRequiredService<CoordinateSystems>();
        var plain = Positions(
                (await JsonAsync("ogc/collections/checkpoints/items?limit=1"))
                    .GetProperty("features")[0]
                    .GetProperty("geometry")
                    .GetProperty("coordinates")
            )
            .Single();
        foreach (
            var uri in (await JsonAsync("ogc/collections/checkpoints")).GetProperty("crs").EnumerateArray().Select(uri => uri.GetString()!)
        )
        {
            using var answer = await Demo.Client.GetAsync(
                new Uri($"ogc/collections/checkpoints/items?limit=1&crs={Uri.EscapeDataString(uri)}", UriKind.Relative),
                Cancellation
            );
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, uri);
            answer.Headers.GetValues("Content-Crs").Single().ShouldBe($"<{uri}>");
            var moved = Positions(
                    JsonSerializer
                        .Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync(Cancellation))
                        .GetProperty("features")[0]
                        .GetProperty("geometry")
                        .GetProperty("coordinates")
                )
                .Single();
            var system = systems.Find(uri)!;
            var (x, y) = system.FromLonLat(plain.X, plain.Y);
            (moved.X, moved.Y).ShouldSatisfyAllConditions(
                at => at.X.ShouldBe(system.Axes == AxisOrder.NorthEast ? y : x, 0.001, uri),
                at => at.Y.ShouldBe(system.Axes == AxisOrder.NorthEast ? x : y, 0.001, uri)
            );
        }
        using var usual = await Demo.Client.GetAsync(new Uri("ogc/collections/checkpoints/items?limit=1", UriKind.Relative), Cancellation);
        usual.Headers.GetValues("Content-Crs").Single().ShouldBe($"<{Crs84}>", "the default");
    }

    [Fact]
    public async Task Crs_fc_bbox_crs_action_and_default()
    {
        var plain = await IdsAsync("bbox=124.04,40.445,124.05,40.452");
        plain.ShouldNotBeEmpty();
        (await IdsAsync($"bbox=124.04,40.445,124.05,40.452&bbox-crs={Crs84}")).ShouldBe(plain);
        (await IdsAsync("bbox=40.445,124.04,40.452,124.05&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326")).ShouldBe(plain);
        var mercator = Demo.Server.Services.GetRequiredService<CoordinateSystems>().Find("EPSG:3857")!;
        var ((west, south), (east, north)) = (mercator.FromLonLat(124.04, 40.445), mercator.FromLonLat(124.05, 40.452));
        (
            await IdsAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"bbox={west:R},{south:R},{east:R},{north:R}&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/3857"
                )
            )
        ).ShouldBe(plain);

        Task<string[]> IdsAsync(string query) => Demo.GetIdsAsync($"ogc/collections/checkpoints/items?limit=10000&{query}");
    }

    [Theory]
    [InlineData("items?crs=http://www.opengis.net/def/crs/EPSG/0/1")]
    [InlineData("items?bbox-crs=http://www.opengis.net/def/crs/EPSG/0/1&bbox=1,2,3,4")]
    [InlineData("items/C-1?crs=nonsense")]
    public async Task Crs_invalid_values_are_refused(string path)
    {
        using var answer = await Demo.Client.GetAsync(new Uri($"ogc/collections/checkpoints/{path}", UriKind.Relative), Cancellation);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }
}
