using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Testing;

/// <summary>PostgreSQL's own programs for copies, run against databases of the tests.</summary>
internal static class PostgresCopy
{
    /// <summary>What pg_dump prints of a database.</summary>
    public static async Task<string> DumpAsync(TestDatabase database, params string[] arguments) =>
        await Programs.RunAsync(await ProgramAsync("pg_dump"), ["-d", Address(database), .. arguments]);

    /// <summary>Dumps a database into a file and restores it into an empty one; an error on the way is an exception.</summary>
    public static async Task CopyAsync(TestDatabase from, TestDatabase to)
    {
        var file = Path.GetTempFileName();
        try
        {
            await DumpAsync(from, "-Fc", "-f", file);
            await Programs.RunAsync(await ProgramAsync("pg_restore"), "-d", Address(to), file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<string> ProgramAsync(string name) =>
        (await PostgresInstallation.FindUsableAsync(major: null, CancellationToken.None))!.Program(name);

    private static string Address(TestDatabase database)
    {
        var way = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        return $"host='{way.Host}' port={way.Port} user='{way.Username}' password='{way.Password}' dbname='{way.Database}'";
    }
}
