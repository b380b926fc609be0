using SituationMap.Server.Tests.Commands;

namespace SituationMap.Server.Tests.Backups;

/// <summary>A folder with a backup, its keys, and what was restored of them: for tests of the verbs, as processes of their own.</summary>
public abstract class BackupFolder : IDisposable
{
    protected string Folder { get; } = Directory.CreateTempSubdirectory("situationmap-backup-test-").FullName;

    protected string File => Path.Combine(Folder, "store.backup");

    protected string Keys => Path.Combine(Folder, "keys.json");

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected static string[] Address(TestDatabase database) => ["--ConnectionStrings:SituationMap", database.ConnectionString];

    private protected Task<VerbResult> BackUpAsync(TestDatabase database) =>
        VerbProcess.RunAsync(["backup", File, "--keys", Keys, .. Address(database)]);

    /// <summary>With keys in a folder of its own.</summary>
    private protected Task<VerbResult> RestoreAsync(TestDatabase database, params string[] keys) =>
        VerbProcess.RunAsync([
            "restore",
            File,
            .. keys,
            $"--SituationMap:DataFolder={Folder}",
            "--ConnectionStrings:SituationMapOwner",
            database.ConnectionString,
            "--ConnectionStrings:SituationMap",
            database.ApiConnectionString,
        ]);
}
