using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Core.Projections;
using SituationMap.Server.Tests.Projections;

namespace SituationMap.Server.Tests.Lookups;

/// <summary>Every lookup answers in the system that it was asked in, with numbers that are named as that system's are; beside PROJ's
/// <c>cs2cs</c>.</summary>
public sealed class SystemsTests(SharedDemo shared) : IClassFixture<SharedDemo>, IAsyncLifetime
{
    private readonly DemoServer _demo = shared.Demo;

    public async ValueTask InitializeAsync() => await Programs.EnsureAsync("cs2cs", "proj-bin");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("EPSG:4326")]
    [InlineData("EPSG:4490")]
    [InlineData("EPSG:3857")]
    [InlineData("EPSG:4529")]
    [InlineData("EPSG:4550")]
    public async Task What_is_near_and_within_is_where_PROJ_has_it(string code)
    {
        var system = _demo.Server.Services.GetRequiredService<CoordinateSystems>().Find(code)!;
        var (x, y) = system.FromLonLat(124.045, 40.449);
        var point = string.Create(CultureInfo.InvariantCulture, $"{system.NameOfX}={x:R}&{system.NameOfY}={y:R}");
        foreach (
            var (path, polygon) in ((string, string?)[])
                [
                    ($"api/nearest?of=buildings&{point}&limit=200", null),
                    ($"api/nearest?of=checkpoints&{point}", null),
                    ($"api/within?of=households&{point}&radius=300&limit=200", null),
                    ("api/within?of=buildings", Polygon(system)),
                ]
        )
        {
            using var content = polygon is null ? null : new StringContent(polygon, Encoding.UTF8, "text/plain");
            using var request = new HttpRequestMessage(
                polygon is null ? HttpMethod.Get : HttpMethod.Post,
                new Uri($"{path}&crs={code}", UriKind.Relative)
            )
            {
                Content = content,
            };
            using var response = await _demo.Client.SendAsync(request);
            var page = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
            page.GetProperty("crs").GetString().ShouldBe(code);
            var items = page.GetProperty("items").EnumerateArray().ToArray();
            items.ShouldNotBeEmpty(path);

            var positions = items.Select(item => PositionOf(item.GetProperty("code").GetString()!)).ToArray();
            var theirs = await ProjTests.Cs2csAsync(
                "EPSG:4326",
                code,
                positions.Select(position => (position.Latitude, position.Longitude))
            );
            for (var i = 0; i < items.Length; i++)
            {
                var (theirX, theirY) = system.Axes == AxisOrder.NorthEast ? (theirs[i].B, theirs[i].A) : theirs[i];
                // cs2cs writes six digits: of metres, or of degrees, which are a tenth of a metre
                items[i].GetProperty(system.NameOfX).GetDouble().ShouldBe(theirX, system.IsGeographic ? 1e-6 : 0.001, path);
                items[i].GetProperty(system.NameOfY).GetDouble().ShouldBe(theirY, system.IsGeographic ? 1e-6 : 0.001, path);
                items[i].TryGetProperty(system.IsGeographic ? "x" : "lon", out _).ShouldBeFalse("no metres are called degrees");
            }
        }
    }

    [Theory]
    [InlineData("CRS84")]
    [InlineData("EPSG:4490")]
    [InlineData("EPSG:4529")]
    [InlineData("GCJ02")]
    public async Task Many_points_are_answered_as_they_were_asked_in_every_form(string code)
    {
        var system = _demo.Server.Services.GetRequiredService<CoordinateSystems>().Find(code)!;
        var (x, y) = system.FromLonLat(124.045, 40.449);
        var numbers = string.Create(
            CultureInfo.InvariantCulture,
            $"\"{system.NameOfX}\":{x:R},\"{system.NameOfY}\":{y:R},\"crs\":\"{code}\""
        );
        var body = string.Create(CultureInfo.InvariantCulture, $"{system.NameOfX},{system.NameOfY}\n{x:R},{y:R}\n");

        (await PostAsync("application/json")).ShouldStartWith($"[{{{numbers},");
        (await PostAsync("application/x-ndjson")).ShouldStartWith($"{{{numbers},");
        var rows = (await PostAsync("text/csv")).Split("\r\n");
        rows[0].ShouldStartWith($"id,{system.NameOfX},{system.NameOfY},crs,grid,");
        rows[1].ShouldStartWith(string.Create(CultureInfo.InvariantCulture, $",{x:R},{y:R},{code},210682-004-"));

        async Task<string> PostAsync(string accepted)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"api/lookup?crs={code}", UriKind.Relative))
            {
                Content = new StringContent(body, Encoding.UTF8, "text/csv"),
            };
            request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(accepted));
            using var response = await _demo.Client.SendAsync(request);
            return await response.Content.ReadAsStringAsync();
        }
    }

    /// <summary>Around the middle of the community, in the order of the system's axes.</summary>
    private static string Polygon(CoordinateSystem system) =>
        "POLYGON(("
        + string.Join(
            ", ",
            ((double, double)[])[(124.04, 40.445), (124.05, 40.445), (124.05, 40.452), (124.04, 40.452), (124.04, 40.445)] is var corners
                ? corners
                    .Select(corner => system.FromLonLat(corner.Item1, corner.Item2))
                    .Select(at =>
                        system.Axes == AxisOrder.NorthEast
                            ? FormattableString.Invariant($"{at.Y:R} {at.X:R}")
                            : FormattableString.Invariant($"{at.X:R} {at.Y:R}")
                    )
                : []
        )
        + "))";

    private (double Longitude, double Latitude) PositionOf(string code)
    {
        var city = _demo.Snapshot.City;
        if (city.Checkpoints.FirstOrDefault(checkpoint => checkpoint.Code == code) is { Location: { } location })
            return (location.X, location.Y);
        var household = Array.FindIndex(city.Households, household => household.Code == code);
        var at = city.LookupIndex.Points[
            household >= 0 ? city.Households[household].Building : Array.FindIndex(city.Buildings, building => building.Code == code)
        ];
        return (at.Longitude, at.Latitude);
    }
}
