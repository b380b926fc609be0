using NetTopologySuite.Geometries;
using NetTopologySuite.IO;
using Npgsql;
using Shouldly;

namespace SituationMap.Store.Tests.Database;

/// <summary>Geometry goes to PostGIS and back unchanged: each kind as PostGIS writes it down, in both directions.</summary>
public sealed class GeometryTests(PostgisCluster cluster)
{
    public static TheoryData<string> Kinds =>
        [
            "POINT (124.05 40.45)",
            "POINT EMPTY",
            "POINT Z (124.05 40.45 31.5)",
            "POINT M (124.05 40.45 7)",
            "POINT ZM (124.05 40.45 31.5 7)",
            "LINESTRING (124 40, 124.5 40.5, 125 40)",
            "LINESTRING Z (124 40 1, 124.5 40.5 2)",
            "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (2 2, 2 4, 4 4, 4 2, 2 2))",
            "POLYGON EMPTY",
            "MULTIPOINT ((1 2), (3 4))",
            "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3, 4 2))",
            "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))",
            "MULTIPOLYGON EMPTY",
            "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (3 4, 5 6), POLYGON ((0 0, 1 0, 1 1, 0 0)))",
        ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Is_read_as_PostGIS_made_it(string text)
    {
        await using var database = await cluster.CreateDatabaseAsync();

        var read = await database.ReadAsync<Geometry>("SELECT ST_GeomFromText($1, 4326)", text);

        read.SRID.ShouldBe(4326);
        var expected = new WKTReader { IsOldNtsCoordinateSyntaxAllowed = false }.Read(text);
        read.OgcGeometryType.ShouldBe(expected.OgcGeometryType);
        Write(read).ShouldBe(Write(expected));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Is_written_as_PostGIS_would_make_it(string text)
    {
        await using var database = await cluster.CreateDatabaseAsync();
        var geometry = new WKTReader { IsOldNtsCoordinateSyntaxAllowed = false }.Read(text);
        geometry.SRID = 4326;

        // byte for byte, kind and SRID included
        (
            await database.ReadAsync<bool>("SELECT ST_AsEWKB($1::geometry) = ST_AsEWKB(ST_GeomFromText($2, 4326))", geometry, text)
        ).ShouldBeTrue();
    }

    [Fact]
    public async Task Is_loaded_by_COPY()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE loaded (id int, outline geometry(MultiPolygon, 4326))");
        var outline = new WKTReader().Read("MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)))");
        outline.SRID = 4326;

        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using (var copy = await connection.BeginBinaryImportAsync("COPY loaded FROM STDIN (FORMAT binary)"))
        {
            for (var i = 0; i < 100; i++)
            {
                await copy.StartRowAsync();
                await copy.WriteAsync(i);
                await copy.WriteAsync(outline);
            }

            await copy.CompleteAsync();
        }

        (await database.ReadAsync<double>("SELECT sum(ST_Area(outline)) FROM loaded")).ShouldBe(50, 1e-9);
    }

    [Fact]
    public async Task With_another_reference_system_than_the_column_is_refused()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        await database.ExecuteAsync("CREATE TABLE place (location geometry(Point, 4326))");

        await Should.ThrowAsync<PostgresException>(
            database.ExecuteAsync("INSERT INTO place VALUES ($1)", new Point(13_809_000, 4_931_000) { SRID = 3857 })
        );
    }

    private static string Write(Geometry geometry) => new WKTWriter(4).Write(geometry);
}
