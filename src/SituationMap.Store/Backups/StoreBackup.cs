using System.Data;
using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;

namespace SituationMap.Store.Backups;

/// <summary>Makes a backup of a store beside the servers that work on it: of one instant, to which the manifest's figures belong.</summary>
/// <param name="program">The version of this program.</param>
public sealed class StoreBackup(NpgsqlDataSource database, string ownerConnectionString, SituationMapOptions options, string program)
{
    /// <summary>Writes the backup and, apart from it, the keys: both whole or neither.</summary>
    /// <param name="keys">The file for the keys; null: they are not copied.</param>
    /// <exception cref="StartupException">There is such a file, it cannot be written, or PostgreSQL's programs are missing.</exception>
    public async Task<BackupManifest> MakeAsync(string file, string? keys, IProgress<string> progress, CancellationToken cancellation)
    {
        (file, keys) = (Path.GetFullPath(file), keys is null ? null : Path.GetFullPath(keys));
        foreach (var path in keys is null ? [file] : (string[])[file, keys])
        {
            if (Path.Exists(path))
                throw new StartupException($"{path} is there already, and a backup overwrites nothing: name another file.");
        }
        var (drafts, finished) = (new List<string>(), new List<string>());
        try
        {
            var draft = DraftOf(file);
            var manifest = await WriteAsync(draft, progress, cancellation);
            if (keys is not null)
            {
                var copy = KeyCopy.Of(options);
                manifest.Keys.Check(copy, options, copyPath: null);
                var keyDraft = DraftOf(keys);
                copy.Write(keyDraft);
                Finish(keyDraft, keys);
            }
            Finish(draft, file);
            await new AuditStore(database).AppendAsync(AuditEntry.OfConsole("back up", Path.GetFileName(file)), cancellation);
            finished.Clear();
            return manifest;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The backup cannot be written: {failure.Message}. Nothing of it is left.", failure);
        }
        finally
        {
            foreach (var left in drafts.Concat(finished))
                File.Delete(left);
        }

        string DraftOf(string path)
        {
            var name = $"{path}.{Guid.NewGuid():N}.part";
            drafts.Add(name);
            return name;
        }
        void Finish(string draft, string path)
        {
            File.Move(draft, path);
            finished.Add(path);
        }
    }

    private async Task<BackupManifest> WriteAsync(string path, IProgress<string> progress, CancellationToken cancellation)
    {
        var settings = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
            settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var file = new FileStream(path, settings);
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var client = await PostgresClient.FindAsync(ownerConnectionString, connection.PostgreSqlVersion.Major, cancellation);
        // what is counted is what is dumped: both see what this transaction sees
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var (snapshot, madeAt, sequence) = await BeginAsync(connection, cancellation);
        progress.Report("Counting what is there");
        var content = await StoreContent.ReadAsync(connection, cancellation);
        var proofs = await BackupKeyProofs.ReadAsync(connection, cancellation);
        progress.Report("Copying the store");
        var manifest = await BackupFile.WriteAsync(
            file,
            stream => DumpAsync(client, snapshot, stream, progress, cancellation),
            digest => new BackupManifest(
                BackupManifest.ThisFormat,
                program,
                Migration.Newest,
                connection.PostgreSqlVersion.Major,
                madeAt,
                sequence,
                content,
                proofs,
                digest
            ),
            cancellation
        );
        file.Flush(flushToDisk: true);
        return manifest;
    }

    private static async Task<(string Snapshot, DateTimeOffset MadeAt, long Sequence)> BeginAsync(
        NpgsqlConnection connection,
        CancellationToken cancellation
    )
    {
        await using var begin = new NpgsqlCommand(
            // no earlier than what it holds, also where the clock went back
            """
            SELECT pg_export_snapshot(), GREATEST(clock_timestamp(), (SELECT recorded_at FROM feed ORDER BY sequence DESC LIMIT 1)),
                   (SELECT last FROM feed_counter)
            """,
            connection
        );
        await using var reader = await begin.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return (reader.GetString(0), new DateTimeOffset(reader.GetDateTime(1), TimeSpan.Zero), reader.GetInt64(2));
    }

    private static async Task DumpAsync(
        PostgresClient client,
        string snapshot,
        Stream to,
        IProgress<string> progress,
        CancellationToken cancellation
    )
    {
        // roles and extensions are the database's own; rights are granted anew where it is restored
        string[] arguments = ["--format=custom", "--no-owner", "--no-acl", "--verbose", $"--snapshot={snapshot}"];
        var dumped = await client.RunAsync(
            "pg_dump",
            [.. arguments, "--schema=situation", "--schema=hangfire"],
            line => TellTable(line, "dumping contents of table", progress),
            output: stream => stream.CopyToAsync(to, cancellation),
            cancellation: cancellation
        );
        if (!dumped.Succeeded)
            throw new StartupException($"PostgreSQL's pg_dump did not finish: {LastLine(dumped)}. Nothing of the backup is left.");
    }

    internal static void TellTable(string line, string verb, IProgress<string> progress)
    {
        if (line.IndexOf(verb, StringComparison.Ordinal) is >= 0 and var at)
            progress.Report("  " + line[(at + verb.Length)..].Trim(' ', '"'));
    }

    internal static string LastLine(ShellResult result) => result.Output.Split('\n')[^1].Trim().TrimEnd('.');
}
