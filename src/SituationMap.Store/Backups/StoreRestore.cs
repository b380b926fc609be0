using System.Data;
using System.Text.Json.Nodes;
using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;
using SituationMap.Store.Statuses.Recompute;

namespace SituationMap.Store.Backups;

/// <summary>What was restored, and what differs from what was backed up.</summary>
/// <param name="Differences">Of definitions and counts.</param>
/// <param name="Statuses">The households whose status was worked out anew, and those that came out otherwise than stored.</param>
/// <param name="Audit">The check of the audit record, and of accounts against it; null: the store has had no key.</param>
public sealed record RestoreReport(
    BackupManifest Manifest,
    IReadOnlyList<string> Differences,
    StatusCheckResult Statuses,
    AuditFindings? Audit
)
{
    public bool IsSame => Differences.Count == 0 && Statuses.Different.Count == 0 && Audit is not { Faults.Count: > 0 };
}

/// <summary>Makes a store of a backup, in an empty database, and compares it with what the backup says of itself; where nothing differs,
/// the audit record is taken as it is.</summary>
public sealed class StoreRestore(BackupFile backup, StoreLocation location, SituationMapOptions options)
{
    /// <summary>Restores all or nothing.</summary>
    /// <param name="keys">Those that belong to it.</param>
    /// <exception cref="StartupException">There is a store already, other keys are in place, or PostgreSQL refuses it.</exception>
    public async Task<RestoreReport> RunAsync(
        KeyCopy keys,
        ProtocolCatalog protocols,
        IProgress<string> progress,
        CancellationToken cancellation
    )
    {
        var major = await Migrator.ConnectAsync(location.Owner, connection => BeginAsync(connection, cancellation), cancellation);
        var client = await PostgresClient.FindAsync(location.Owner, major, cancellation);
        var made = keys.PutInPlace(options);
        try
        {
            progress.Report("Restoring the store");
            await RestoreAsync(client, progress, cancellation);
        }
        catch
        {
            foreach (var path in made)
                File.Delete(path);
            throw;
        }
        progress.Report("Comparing it with the backup");
        var differences = await Migrator.ConnectAsync(
            location.Owner,
            connection => CompareAsync(connection, major, cancellation),
            cancellation
        );
        await Migrator.MigrateAsync(location.Owner, Migration.Embedded, progress, cancellation);
        await Migrator.ConnectAsync(
            location.Owner,
            async connection =>
            {
                // they come with rights that a dump without its roles does not have
                await StoreFunctions.Embedded.ReplaceAsync(connection, cancellation);
                return 0;
            },
            cancellation
        );
        if (location.Served != location.Owner)
            await ApiRole.PrepareAsync(location.Owner, new NpgsqlConnectionStringBuilder(location.Served), cancellation);
        await using var database = Databases.Open(location.Owner);
        progress.Report("Working out every status anew, to compare");
        var statuses = await new StatusCheck(database, protocols).RunAsync(backup.Manifest.MadeAt, cancellation);
        var anchor = new AuditAnchor(database, options);
        var sealer = backup.Manifest.Keys.Deployment.Count == 0 ? null : await OpenSealerAsync(database, cancellation);
        var audit = sealer is null ? null : await CheckAuditAsync(sealer, anchor, cancellation);
        var details = new JsonObject { ["madeAt"] = backup.Manifest.MadeAt, ["sequence"] = backup.Manifest.Sequence };
        await new AuditStore(database).AppendAsync(AuditEntry.OfConsole("restore", "store", details), cancellation);
        var report = new RestoreReport(backup.Manifest, differences, statuses, audit);
        if (sealer is not null && report.IsSame)
            await AcceptAsync(sealer, anchor, cancellation);
        return report;
    }

    /// <summary>Refuses a database that has a store; gives the version of its server.</summary>
    private static async Task<int> BeginAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var find = new NpgsqlCommand(
            "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname IN ('situation', 'hangfire'))",
            connection
        );
        if ((bool)(await find.ExecuteScalarAsync(cancellation))!)
            throw new StartupException(
                $"The database {connection.Database} has a store in it, and a backup is restored into an empty one only. Nothing was "
                    + "changed. Name an empty database (CREATE DATABASE …) in the connection strings, or another data folder: "
                    + "--SituationMap:DataFolder=…"
            );
        await using var extend = new NpgsqlCommand(
            "CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public; CREATE EXTENSION IF NOT EXISTS ltree WITH SCHEMA public",
            connection
        );
        await extend.ExecuteNonQueryAsync(cancellation);
        return connection.PostgreSqlVersion.Major;
    }

    private async Task RestoreAsync(PostgresClient client, IProgress<string> progress, CancellationToken cancellation)
    {
        var restored = await client.RunAsync(
            "pg_restore",
            ["--single-transaction", "--exit-on-error", "--no-owner", "--no-acl", "--verbose"],
            line => StoreBackup.TellTable(line, "processing data for table", progress),
            input: stream => backup.CopyDumpAsync(stream, cancellation),
            cancellation: cancellation
        );
        if (!restored.Succeeded)
            throw new StartupException($"PostgreSQL's pg_restore did not finish: {StoreBackup.LastLine(restored)}. Nothing was restored.");
    }

    private async Task<IReadOnlyList<string>> CompareAsync(NpgsqlConnection connection, int major, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        var found = await StoreContent.ReadAsync(connection, cancellation);
        return [.. backup.Manifest.Content.Differences(found, namesOnly: major != backup.Manifest.Postgres)];
    }

    private async Task<AuditSealer> OpenSealerAsync(NpgsqlDataSource database, CancellationToken cancellation) =>
        new(database, await DeploymentKey.OpenAsync(database, options, mayMake: false, cancellation));

    private static async Task<AuditFindings> CheckAuditAsync(AuditSealer sealer, AuditAnchor anchor, CancellationToken cancellation)
    {
        var found = await sealer.VerifyAsync(cancellation);
        return found with { Faults = [.. found.Faults, .. await anchor.CompareAccountsAsync(cancellation)] };
    }

    /// <summary>The restored record is older than what the files outside the database tell of: what they told is kept in it.</summary>
    private static async Task AcceptAsync(AuditSealer sealer, AuditAnchor anchor, CancellationToken cancellation)
    {
        var (later, _) = await anchor.CompareAsync(cancellation);
        var details = new JsonObject
        {
            ["after"] = "restore",
            ["found"] = new JsonArray([.. later.Select(fault => JsonValue.Create(fault))]),
        };
        await anchor.AcceptAsync(sealer, AuditEntry.OfConsole("accept record", "audit", details), cancellation);
    }
}
