using System.Globalization;
using Shouldly;

namespace SituationMap.Store.Tests.Importing;

/// <summary>Coordinate systems as files describe them: read by their own parameters, or refused by name, and never taken for
/// another.</summary>
public sealed class SystemTests(PostgisCluster cluster) : ImportingTests(cluster)
{
    private const string Degrees =
        """GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],"""
        + """PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]""";

    [Fact]
    public async Task The_system_of_a_layer_is_its_own()
    {
        (
            await Store.ImportCaseAsync("checkpoints", "14-gpkg-layer-prefix/two.gpkg", order => order with { Layer = "checkpoints" })
        ).Crs.ShouldBe("EPSG:4548");
        (await PositionAsync("GP-NEW")).ShouldBe((118.45, 40.0), new Near());
    }

    [Fact]
    public async Task A_projection_with_its_own_scale_is_read_by_it()
    {
        var report = await Store.ImportCaseAsync("buildings", "11-prj-parameters/utm51.shp", order =>
            order with
            {
                Map = ["code:=UT-{row}", "grid:=210682-004-01"],
            }
        );

        report.Outcome.ShouldBe("imported", string.Join("; ", report.Rejections.Concat<object>(report.Findings)));
        report.Findings.ShouldHaveSingleItem().Words.ShouldContain("scale 0.9996");
        (
            await Store.Database.ReadRowAsync("SELECT ST_X(ST_Centroid(outline)), ST_Y(ST_Centroid(outline)) FROM building", row =>
                (row.GetDouble(0), row.GetDouble(1))
            )
        ).ShouldBe((124.049996 + 0.00006, 40.449999 + 0.000045), new Near(1e-5));
    }

    [Theory]
    // PROJ's own words for what the description says; empty: it is refused
    [InlineData("Gauss_Kruger", 123, 1, 500000, 0, 0, 1, "+proj=tmerc +lat_0=0 +lon_0=123 +k=1 +x_0=500000 +y_0=0")]
    [InlineData("Transverse_Mercator", 124.1, 1, 50000, -4400000, 0, 1, "+proj=tmerc +lat_0=0 +lon_0=124.1 +k=1 +x_0=50000 +y_0=-4400000")]
    [InlineData("Gauss_Kruger", 123.75, 1.00003, 500000, 0, 40, 1, "+proj=tmerc +lat_0=40 +lon_0=123.75 +k=1.00003 +x_0=500000 +y_0=0")]
    [InlineData("Transverse_Mercator", 123, 0.9996, 500000, 0, 0, 1, "+proj=tmerc +lat_0=0 +lon_0=123 +k=0.9996 +x_0=500000 +y_0=0")]
    [InlineData(
        "Transverse_Mercator",
        123,
        1,
        500000,
        0,
        0,
        0.3048,
        "+proj=tmerc +lat_0=0 +lon_0=123 +k=1 +x_0=152400 +y_0=0 +to_meter=0.3048"
    )]
    [InlineData("Cassini_Soldner", 123, 1, 500000, 0, 0, 1, "")]
    public async Task A_described_projection_lies_where_PROJ_puts_it(
        string method,
        double meridian,
        double scale,
        double easting,
        double northing,
        double latitude,
        double unit,
        string proj
    )
    {
        var factor = method == "Cassini_Soldner" ? "" : FormattableString.Invariant($"PARAMETER[\"Scale_Factor\",{scale}],");
        var prj = string.Create(
            CultureInfo.InvariantCulture,
            $"""
            PROJCS["Town",{Degrees},PROJECTION["{method}"],PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",{northing}],
                PARAMETER["Central_Meridian",{meridian}],{factor}
                PARAMETER["Latitude_Of_Origin",{latitude}],UNIT["{(unit == 1 ? "Meter" : "Foot")}",{unit}]]
            """
        );
        await MakeAsync(proj.Length > 0 ? $"{proj} +ellps=GRS80" : "+proj=cass +lat_0=0 +lon_0=123 +x_0=500000 +y_0=0 +ellps=GRS80", prj);

        var outcome = await ImportStore.OutcomeAsync(() => Store.ImportAsync("checkpoints", Store.PathOf("made.shp")));

        outcome.ShouldBe(proj.Length > 0 ? "imported" : "refused crs-unknown");
        if (proj.Length > 0)
            (await PositionAsync("C-1")).ShouldBe((124.011, 40.007), new Near());
    }

    [Theory]
    [InlineData("PRIMEM[\"Greenwich\",0.0]", "PRIMEM[\"Paris\",2.337229166666667]")]
    [InlineData("UNIT[\"Degree\",0.0174532925199433]", "UNIT[\"Grad\",0.01570796326794897]")]
    [InlineData(
        "D_China_2000\",SPHEROID[\"CGCS2000\",6378137.0,298.257222101",
        "D_Beijing_1954\",SPHEROID[\"Krasovsky_1940\",6378245.0,298.3"
    )]
    [InlineData("6378137.0,298.257222101", "6378245.0,298.3")]
    [InlineData("298.257222101]]", "298.257222101],TOWGS84[15,-100,30,0,0,0,0]]")]
    public async Task Degrees_of_another_meridian_unit_or_datum_are_refused(string ours, string theirs)
    {
        await MakeAsync("EPSG:4490", Degrees.Replace(ours, theirs));

        (await ImportStore.OutcomeAsync(() => Store.ImportAsync("checkpoints", Store.PathOf("made.shp")))).ShouldBe("refused crs-unknown");
    }

    [Theory]
    [InlineData("code,wkt\nC-1,SRID=4326;POINT(124.01 40.01)\nC-2,SRID=4490;POINT(124.01 40.01)\n", "imported")]
    [InlineData("code,wkt\nC-1,SRID=4550;POINT(586119 4430500)\n", "imported")]
    [InlineData("code,grid,wkt\nC-1,210682-004-01,SRID=3857;POINT(124.01 40.01)\n", "refused crs-degrees")]
    [InlineData("code,wkt\nC-1,SRID=2334;POINT(586119 4430500)\n", "refused crs-unknown")]
    [InlineData("code,wkt\nC-1,POINT(124.01 40.01)\nC-2,SRID=4550;POINT(586119 4430500)\n", "refused 2:wkt:crs-contradicts")]
    [InlineData(
        "code,grid,wkt\nC-1,210682-004-01,SRID=4326;POINT(124.05 40.45)\nC-2,210682-004-01,SRID=4549;POINT(844000 "
            + "4490000)\nC-3,210682-004-01,SRID=3857;POINT(124.05 40.45)\n",
        "refused 2:wkt:crs-contradicts 3:wkt:crs-contradicts"
    )]
    public async Task A_system_named_in_a_row_counts(string csv, string outcome)
    {
        (await ImportStore.OutcomeAsync(() => Store.ImportTextAsync("checkpoints", csv))).ShouldBe(outcome);

        if (csv.Contains("4550") && outcome == "imported")
            (await PositionAsync("C-1")).ShouldBe((124.0105, 40.007), new Near(0.005));
    }

    [Fact]
    public async Task A_drawing_in_millimetres_is_named_as_one()
    {
        foreach (var crs in (string?[])[null, "EPSG:4550"])
        {
            var report = await Store.ImportCaseAsync("buildings", "19-dxf/plan-mm.dxf", order =>
                order with
                {
                    Crs = crs,
                    Map = ["code:=D-{row}"],
                }
            );
            report.Findings.ShouldHaveSingleItem().Words.ShouldContain("millimetres ($INSUNITS)");
        }
        var table = await Store.ImportTextAsync("checkpoints", "code,x,y\nC-1,586119000,4430500000\n", with: order =>
            order with
            {
                Crs = "EPSG:4550",
            }
        );
        table.Findings.ShouldHaveSingleItem().Words.ShouldContain("look like millimetres");
    }

    [Fact]
    public async Task What_was_copied_halfway_is_refused_and_what_was_copied_open_is_told()
    {
        await File.WriteAllTextAsync(Store.PathOf("many.csv"), ImportStore.Buildings(300));
        await Programs.RunAsync(
            "ogr2ogr",
            "-f",
            "GPKG",
            "-nln",
            "buildings",
            "-oo",
            "GEOM_POSSIBLE_NAMES=wkt",
            "-a_srs",
            "EPSG:4490",
            Store.PathOf("many.gpkg"),
            Store.PathOf("many.csv")
        );
        var whole = await File.ReadAllBytesAsync(Store.PathOf("many.gpkg"));
        await File.WriteAllBytesAsync(Store.PathOf("half.gpkg"), whole[..(whole.Length / 2)]);
        whole[18] = whole[19] = 2;
        await File.WriteAllBytesAsync(Store.PathOf("open.gpkg"), whole);
        await Programs.RunAsync(
            "ogr2ogr",
            "-f",
            "DXF",
            "-oo",
            "GEOM_POSSIBLE_NAMES=wkt",
            "-sql",
            "SELECT geometry FROM many",
            "-dialect",
            "SQLite",
            Store.PathOf("many.dxf"),
            Store.PathOf("many.csv")
        );
        await File.WriteAllTextAsync(Store.PathOf("half.dxf"), (await File.ReadAllTextAsync(Store.PathOf("many.dxf")))[..^2000]);
        await File.WriteAllTextAsync(
            Store.PathOf("half.geojson"),
            """
            {"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":1},"geometry":{"type":"Point",
            "coordinates":[124.01,40.01]}},
            """
        );

        foreach (var name in (string[])["half.gpkg", "half.dxf", "half.geojson"])
            (
                await ImportStore.OutcomeAsync(() =>
                    Store.ImportAsync("buildings", Store.PathOf(name), order => order with { Map = ["code:=N-{row}"] })
                )
            ).ShouldBe("refused file-unreadable", name);
        (await Store.ImportAsync("buildings", Store.PathOf("open.gpkg"))).Findings.ShouldContain(finding => finding.Code == "file-open");
    }

    private async Task MakeAsync(string system, string prj)
    {
        await File.WriteAllTextAsync(Store.PathOf("made.csv"), "code,grid,wkt\nC-1,210682-004-01,POINT (124.011 40.007)\n");
        await Programs.RunAsync(
            "ogr2ogr",
            "-f",
            "ESRI Shapefile",
            "-oo",
            "GEOM_POSSIBLE_NAMES=wkt",
            "-oo",
            "KEEP_GEOM_COLUMNS=NO",
            "-s_srs",
            "+proj=longlat +ellps=GRS80",
            "-t_srs",
            system == "EPSG:4490" ? "+proj=longlat +ellps=GRS80" : system,
            Store.PathOf("made.shp"),
            Store.PathOf("made.csv")
        );
        await File.WriteAllTextAsync(Store.PathOf("made.prj"), prj.Trim());
    }

    private Task<(double, double)> PositionAsync(string code) =>
        Store.Database.ReadRowAsync($"SELECT ST_X(location), ST_Y(location) FROM checkpoint WHERE code = '{code}'", row =>
            (row.GetDouble(0), row.GetDouble(1))
        );

    /// <summary>Degrees; a hundred-millionth is a millimetre.</summary>
    private sealed class Near(double most = 1e-8) : IEqualityComparer<(double X, double Y)>
    {
        public bool Equals((double X, double Y) a, (double X, double Y) b) => Math.Abs(a.X - b.X) <= most && Math.Abs(a.Y - b.Y) <= most;

        public int GetHashCode((double X, double Y) position) => 0;
    }
}
