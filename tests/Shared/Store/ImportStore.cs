using System.Globalization;
using System.Text;
using Shouldly;
using SituationMap.Core.Projections;
using SituationMap.Store.Files;
using SituationMap.Store.Imports;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Testing;

/// <summary>A store, an importer over it, and files to import.</summary>
internal sealed class ImportStore : IAsyncDisposable
{
    /// <summary>Two quarters side by side near Dandong, 0.02° wide and high, and the community that they make.</summary>
    public const string Grids = """
        code,name,level,wkt
        210682-004,江城,community,"POLYGON ((124.0 40.0, 124.04 40.0, 124.04 40.02, 124.0 40.02, 124.0 40.0))"
        210682,凤城,city,"POLYGON ((123.5 39.5, 124.5 39.5, 124.5 40.5, 123.5 40.5, 123.5 39.5))"
        210682-004-01,一网格,grid,"POLYGON ((124.0 40.0, 124.02 40.0, 124.02 40.02, 124.0 40.02, 124.0 40.0))"
        210682-004-02,二网格,grid,"POLYGON ((124.02 40.0, 124.04 40.0, 124.04 40.02, 124.02 40.02, 124.02 40.0))"
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-import-test-").FullName;
    private readonly Lazy<Task<Importer>> _importer;

    private readonly bool _ownsDatabase;

    private ImportStore(TestDatabase database, bool ownsDatabase)
    {
        (Database, _ownsDatabase) = (database, ownsDatabase);
        var protocols = ProtocolCatalog.Load(ProtocolCatalog.DataFolder, new SituationMapOptions());
        _importer = new(async () =>
            new Importer(
                database.DataSource,
                Systems,
                new ZoneImport(protocols, TimeProvider.System),
                await TestSecrets.OpenVaultAsync(database)
            )
        );
    }

    public static CoordinateSystems Systems { get; } =
        CoordinateSystems.Read(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "crs", "epsg.json")));

    public TestDatabase Database { get; }

    /// <summary>With the grids in it.</summary>
    public static async Task<ImportStore> MakeAsync(PostgisCluster cluster)
    {
        await Programs.EnsureAsync("ogr2ogr", "gdal-bin");
        var store = new ImportStore(await cluster.CreateDatabaseAsync(), ownsDatabase: true);
        await store.ImportTextAsync("grids", Grids);
        return store;
    }

    /// <summary>Over a database that somebody else disposes.</summary>
    public static ImportStore Over(TestDatabase database) => new(database, ownsDatabase: false);

    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>The building B-0001 and in it the households H-01-0001 to H-01-0003, to which the small files beside these tests
    /// refer.</summary>
    public async Task AddHomesAsync()
    {
        (
            await ImportTextAsync(
                "buildings",
                "code,wkt\nB-0001,\"POLYGON ((124.001 40.001, 124.0012 40.001, 124.0012 40.0012, 124.001 40.0012, 124.001 40.001))\"\n"
            )
        ).Outcome.ShouldBe("imported");
        (
            await ImportTextAsync(
                "households",
                "code,building,floor,room\nH-01-0001,B-0001,1,91\nH-01-0002,B-0001,1,92\nH-01-0003,B-0001,1,93\n"
            )
        ).Outcome.ShouldBe("imported");
    }

    /// <summary>One of the small files beside these tests.</summary>
    public Task<ImportReport> ImportCaseAsync(string collection, string name, Func<ImportOrder, ImportOrder>? with = null) =>
        ImportAsync(collection, Path.Combine(AppContext.BaseDirectory, "Importing", "Cases", name), with);

    /// <summary>What became of a file: imported, or refused with the fields and faults it was refused for, in the report or at
    /// once.</summary>
    public static async Task<string> OutcomeAsync(Func<Task<ImportReport>> import)
    {
        try
        {
            var report = await import();
            return string.Join(
                ' ',
                [
                    report.Outcome,
                    .. report.Rejections.Select(row => $"{row.Row}:{row.Field}:{row.Fault}"),
                    .. report.Findings.Where(finding => finding.Refuses).Select(finding => finding.Code),
                ]
            );
        }
        catch (ImportRefusedException refused)
        {
            return $"refused {refused.Fault.Code}";
        }
    }

    /// <summary>Sixty buildings, the households H-1 and H-2 in the first two, and in H-1 the person P-1, about whom there is a fact: a
    /// test.</summary>
    public async Task AddTestedPersonAsync()
    {
        await ImportTextAsync("buildings", Buildings(60));
        await ImportTextAsync("households", "code,building,room\nH-1,B-00000,1\nH-2,B-00001,1\n");
        await ImportTextAsync("persons", "code,household\nP-1,H-1\n");
        await Database.ExecuteAsync(
            """
            INSERT INTO fact (id, grid, household, person, kind, at, received_at, source, data)
            SELECT gen_random_uuid(), grid, household, id, 'test', now(), now(), 'a test', '{"result":"negative"}' FROM person
            """
        );
    }

    public Task<ImportReport> ImportTextAsync(
        string collection,
        string csv,
        Encoding? encoding = null,
        Func<ImportOrder, ImportOrder>? with = null
    )
    {
        File.WriteAllText(PathOf("rows.csv"), csv, encoding ?? new UTF8Encoding(false));
        return ImportAsync(collection, PathOf("rows.csv"), with);
    }

    public async Task<ImportReport> ImportAsync(
        string collection,
        string path,
        Func<ImportOrder, ImportOrder>? with = null,
        IProgress<ImportProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        using var folder = new ImportFolder();
        await folder.AddAsync(new FileInfo(path), CancellationToken.None);
        var order = new ImportOrder(ImportCollection.Find(collection)!, null, null, [], false, false, false, false, "a test");
        return await (await _importer.Value).RunAsync(
            folder,
            with?.Invoke(order) ?? order,
            progress ?? new Progress<ImportProgress>(),
            cancellation
        );
    }

    /// <summary>Small square buildings in rows, their positions given by <paramref name="at"/> from longitude and latitude.</summary>
    public static string Buildings(
        int count,
        Func<double, double, (double X, double Y)>? at = null,
        double size = 0.0002,
        string prefix = "B"
    )
    {
        var text = new StringBuilder("楼栋编码,地址,层数,单元数,wkt\n");
        for (var i = 0; i < count; i++)
        {
            var (west, south) = (124.001 + (0.0004 * (i % 90)), 40.001 + (0.0004 * (i / 90)));
            (double, double)[] ring =
            [
                (west, south),
                (west + size, south),
                (west + size, south + size),
                (west, south + size),
                (west, south),
            ];
            var positions = ring.Select(corner => at?.Invoke(corner.Item1, corner.Item2) ?? corner)
                .Select(corner => string.Create(CultureInfo.InvariantCulture, $"{corner.Item1:R} {corner.Item2:R}"));
            text.Append(
                CultureInfo.InvariantCulture,
                $"{prefix}-{i:00000},江城路{i}号,6,2,\"POLYGON (({string.Join(", ", positions)}))\"\n"
            );
        }
        return text.ToString();
    }

    /// <summary>One number for everything in every table.</summary>
    /// <param name="withCounters">The counters of ids included, which go on though a transaction is rolled back.</param>
    public async Task<string> ChecksumAsync(bool withCounters = true)
    {
        var tables = await Database.ReadRowsAsync(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE relnamespace = 'situation'::regnamespace AND relkind = 'r' ORDER BY 1",
            row => row.GetString(0)
        );
        var sums = new StringBuilder();
        foreach (var table in tables)
            sums.Append(
                    await Database.ReadAsync<string>(
                        $"SELECT '{table} ' || count(*) || ' ' || COALESCE(md5(string_agg(t::text, '|' ORDER BY t::text)), '') "
                            + $"FROM {table} t"
                    )
                )
                .Append('\n');
        return withCounters
            ? sums
                + await Database.ReadAsync<string>(
                    "SELECT string_agg(sequencename || COALESCE(last_value, 0), ' ' ORDER BY sequencename) FROM pg_sequences "
                        + "WHERE schemaname = 'situation'"
                )
            : sums.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        if (_ownsDatabase)
            await Database.DisposeAsync();
    }
}
