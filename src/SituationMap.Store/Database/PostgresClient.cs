using System.Text.RegularExpressions;
using Npgsql;

namespace SituationMap.Store.Database;

/// <summary>PostgreSQL's own programs for copies, run against a database: those of its version, or newer ones.</summary>
public sealed partial class PostgresClient
{
    private readonly NpgsqlConnectionStringBuilder _way;
    private readonly string _folder;

    private PostgresClient(NpgsqlConnectionStringBuilder way, string folder) => (_way, _folder) = (way, folder);

    /// <summary>Finds them on this machine.</summary>
    /// <param name="connectionString">Leads to the database.</param>
    /// <param name="major">The version of its server.</param>
    /// <exception cref="StartupException">There are none, or only older ones, which do not read a newer server.</exception>
    public static async Task<PostgresClient> FindAsync(string connectionString, int major, CancellationToken cancellation)
    {
        var found = new List<(int Major, string Folder)>();
        foreach (var folder in PostgresInstallation.Folders.Append(Path.GetDirectoryName(Shell.Find("pg_dump") ?? "")!))
        {
            if (!File.Exists(Path.Combine(folder, "pg_dump")) || !File.Exists(Path.Combine(folder, "pg_restore")))
                continue;
            var output = (await Shell.RunAsync(Path.Combine(folder, "pg_dump"), ["--version"], cancellationToken: cancellation)).Output;
            if (Version().Match(output) is { Success: true } version)
                found.Add((int.Parse(version.Groups["major"].Value), folder));
        }
        // the nearest: what a newer one has written an older one does not read
        return found.Where(client => client.Major >= major).OrderBy(client => client.Major).FirstOrDefault() is { Folder: { } usable }
            ? new PostgresClient(new NpgsqlConnectionStringBuilder(connectionString), usable)
            : throw new StartupException(
                $"pg_dump and pg_restore of PostgreSQL {major} or newer are needed on this machine (Debian: postgresql-client-{major})."
            );
    }

    /// <inheritdoc cref="Shell.RunAsync"/>
    /// <param name="name">Such as <c>pg_dump</c>. The way to the database is added to the arguments, without the password.</param>
    public Task<ShellResult> RunAsync(
        string name,
        IEnumerable<string> arguments,
        Action<string>? onLine = null,
        Func<Stream, Task>? input = null,
        Func<Stream, Task>? output = null,
        CancellationToken cancellation = default
    )
    {
        var environment = new Dictionary<string, string>
        {
            ["LC_ALL"] = "C",
            ["PGPASSWORD"] = _way.Password ?? "",
            ["PGTARGETSESSIONATTRS"] = _way.TargetSessionAttributes?.ToLowerInvariant() ?? "any",
            ["PGSSLMODE"] = _way.SslMode switch
            {
                SslMode.VerifyCA => "verify-ca",
                SslMode.VerifyFull => "verify-full",
                var mode => mode.ToString().ToLowerInvariant(),
            },
        };
        if (_way.RootCertificate is { } certificate)
            environment["PGSSLROOTCERT"] = certificate;
        // each of several servers may have its port with it, which libpq wants apart
        var servers = _way.Host!.Split(',')
            .Select(server => server.Split(':') is [var name, var port] ? (Name: name, Port: port) : (Name: server, Port: $"{_way.Port}"))
            .ToArray();
        string[] way =
        [
            "--host",
            string.Join(',', servers.Select(server => server.Name)),
            "--port",
            string.Join(',', servers.Select(server => server.Port)),
            "--username",
            _way.Username!,
            "--dbname",
            _way.Database!,
        ];
        return Shell.RunAsync(
            Path.Combine(_folder, name),
            [.. arguments, .. way, "--no-password"],
            environment,
            onLine,
            input: input,
            output: output,
            cancellationToken: cancellation
        );
    }

    [GeneratedRegex(@"\(PostgreSQL\) (?<major>\d+)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Version();
}
