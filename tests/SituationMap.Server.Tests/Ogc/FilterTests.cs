using System.Globalization;
using Shouldly;

namespace SituationMap.Server.Tests.Ogc;

/// <summary>Which features of a collection a box, a filter (part 3), a property and a time leave, beside what PostGIS finds.</summary>
public sealed class FilterTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    private readonly DemoServer _demo = shared.Demo;

    [Theory]
    [InlineData("grids", "outline")]
    [InlineData("buildings", "outline")]
    [InlineData("checkpoints", "location")]
    [InlineData("roads", "line")]
    public async Task A_box_holds_what_PostGIS_finds_in_it(string collection, string column)
    {
        var boxes = Enumerable.Range(0, 12).Select(i => (West: 124.035 + (i * 0.0021), South: 40.442 + (i * 0.0011)));
        foreach (var (west, south) in boxes)
        {
            var (east, north) = (west + 0.004, south + 0.002);
            var ours = await _demo.GetIdsAsync(
                FormattableString.Invariant($"ogc/collections/{collection}/items?limit=10000&bbox={west},{south},{east},{north}")
            );
            var theirs = await _demo.Database.ReadRowsAsync(
                $"SELECT {(collection == "roads" ? "id::text" : "code")} FROM {collection[..^1]} WHERE ST_Intersects({column}, "
                    + $"ST_MakeEnvelope($1, $2, $3, $4, 4326)) ORDER BY {collection[..^1]}.id",
                row => row.GetString(0),
                west,
                south,
                east,
                north
            );
            ours.ShouldBe(theirs);
            // the same box in another system, latitude first
            var swapped = await _demo.GetIdsAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"ogc/collections/{collection}/items?limit=10000&bbox={south},{west},{north},"
                        + $"{east}&bbox-crs=http://www.opengis.net/def/crs/EPSG/0/4326"
                )
            );
            swapped.ShouldBe(ours);
        }
    }

    [Theory]
    [InlineData("status='quarantined' OR status='observed'", "s.status IN ('quarantined', 'observed')")]
    [InlineData(
        "NOT (status IN ('healthy','out')) AND surveyed=TRUE",
        "COALESCE(s.status, 'healthy') NOT IN ('healthy', 'out') AND s.surveyed"
    )]
    [InlineData("code LIKE 'H-01-%' AND label LIKE '%1'", "h.code LIKE 'H-01-%' AND right(h.room::text, 1) = '1'")]
    [InlineData(
        "S_INTERSECTS(geometry, POLYGON((124.04 40.445, 124.05 40.445, 124.05 40.452, 124.04 40.452, 124.04 40.445)))",
        "ST_Intersects(b.point, 'SRID=4326;POLYGON((124.04 40.445, 124.05 40.445, 124.05 40.452, 124.04 40.452, 124.04 40.445))')"
    )]
    [InlineData(
        "S_INTERSECTS(geometry, BBOX(124.04,40.445,124.05,40.452)) and building is not null",
        "ST_Intersects(b.point, ST_MakeEnvelope(124.04, 40.445, 124.05, 40.452, 4326))"
    )]
    [InlineData("code between 'H-01-0005' and 'H-01-0010'", "h.code COLLATE \"C\" BETWEEN 'H-01-0005' AND 'H-01-0010'")]
    public async Task Filters_hold_of_what_SQL_finds(string filter, string sql)
    {
        var theirs = await _demo.Database.ReadRowsAsync(
            "SELECT h.code FROM household h JOIN building b ON b.id = h.building LEFT JOIN household_status s ON s.household = "
                + $"h.id WHERE {sql} ORDER BY h.id",
            row => row.GetString(0)
        );
        theirs.ShouldNotBeEmpty();
        (await _demo.GetIdsAsync($"ogc/collections/households/items?limit=10000&filter={Uri.EscapeDataString(filter)}")).ShouldBe(theirs);
    }

    [Fact]
    public async Task Filters_in_JSON_and_parameters_say_the_same_as_in_text()
    {
        var text = await _demo.GetIdsAsync(
            "ogc/collections/households/items?limit=10000&filter=" + Uri.EscapeDataString("status = 'out' and surveyed = true")
        );
        var json = await _demo.GetIdsAsync(
            "ogc/collections/households/items?limit=10000&filter-lang=cql2-json&filter="
                + Uri.EscapeDataString(
                    """
                    {"op":"and","args":[{"op":"=","args":[{"property":"status"},"out"]},{"op":"=",
                    "args":[{"property":"surveyed"},true]}]}
                    """
                )
        );
        text.ShouldNotBeEmpty();
        json.ShouldBe(text);
        (await _demo.GetIdsAsync("ogc/collections/households/items?limit=10000&status=out&surveyed=true")).ShouldBe(text);
    }

    [Fact]
    public async Task A_checkpoint_says_in_which_direction_somebody_last_went_through_it()
    {
        var (household, person) = await _demo.Database.ReadRowAsync(
            "SELECT h.code, p.code FROM person p JOIN household h ON h.id = p.household ORDER BY p.id LIMIT 1",
            row => (row.GetString(0), row.GetString(1))
        );
        foreach (var direction in (string[])["in", "out"])
        {
            using var taken = await _demo.PostFactsAsync(
                $$$"""
                {"id":"{{{Guid.NewGuid()}}}","kind":"passage","household":"{{{household}}}","person":"{{{person}}}",
                "at":"{{{DateTimeOffset.UtcNow:O}}}","source":"checkpoint:C-2","data":{"checkpoint":"C-2",
                "direction":"{{{direction}}}"}}
                """
            );
            taken.IsSuccessStatusCode.ShouldBeTrue();
            await DemoServer.WaitAsync(async () =>
                (await _demo.GetJsonAsync("ogc/collections/checkpoints/items/C-2"))
                    .GetProperty("properties")
                    .GetProperty("passage")
                    .GetString() == direction
            );
            (await _demo.GetIdsAsync($"ogc/collections/checkpoints/items?passage={direction}")).ShouldContain("C-2");
        }
    }

    [Fact]
    public async Task Zones_are_those_in_force_at_the_time_asked_about()
    {
        var from = _demo.Snapshot.Zones[0].From;
        (await _demo.GetIdsAsync("ogc/collections/zones/items")).ShouldBe(
            await _demo.GetIdsAsync($"ogc/collections/zones/items?datetime={DateTimeOffset.UtcNow:yyyy-MM-ddTHH:mm:ssZ}")
        );
        (await _demo.GetIdsAsync($"ogc/collections/zones/items?datetime=../{from.AddYears(-1):yyyy-MM-ddTHH:mm:ssZ}")).ShouldBeEmpty();
        (await _demo.GetIdsAsync($"ogc/collections/zones/items?datetime={from.AddYears(-1):yyyy-MM-dd}/..")).ShouldContain(
            $"{_demo.Snapshot.Zones[0].Code}:{_demo.Snapshot.Zones[0].Version}"
        );
    }
}
