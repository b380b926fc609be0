using System.Globalization;
using SituationMap.Server.Http;
using SituationMap.Store.Backups;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Jobs;

/// <summary>
/// Copies the whole store into a file every night, as the verb <c>backup</c> does, and removes the oldest ones that it made. The keys are
/// not in it: their copy has to be kept elsewhere.
/// </summary>
internal sealed class BackupJob(PostgisStore store, SituationMapOptions options, TimeProvider clock) : IOperatorJob
{
    private const string Prefix = "situationmap-";
    private const string Ending = ".backup";

    public string Name => "backup";

    public string Description => "Copies the whole store into a file, without the keys, and removes the oldest";

    public string Activity => "copying the store into a file";

    public JobSchedule Schedule { get; } = new("0 2 * * *", JobSchedule.Long);

    public async Task<JobResult> RunAsync(IProgress<double> done, CancellationToken cancellation)
    {
        if (options.Backups.Folder is not { } folder)
            return new JobResult(IsGood: true, "none was made: SituationMap:Backups:Folder says where to");
        Directory.CreateDirectory(folder);
        // left by a server that died; only one server is here at a time
        foreach (var left in Directory.GetFiles(folder, $"{Prefix}*.part"))
            File.Delete(left);
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{clock.GetUtcNow():yyyyMMdd'T'HHmmssfff'Z'}{Ending}");
        await new StoreBackup(store.DataSource, store.OwnerConnectionString, options, ProductVersion.Text).MakeAsync(
            Path.Combine(folder, name),
            keys: null,
            new Progress<string>(),
            cancellation
        );
        // their names are in the order of their times
        var old = Directory
            .GetFiles(folder, $"{Prefix}*{Ending}")
            .OrderDescending(StringComparer.Ordinal)
            .Skip(options.Backups.Keep)
            .ToArray();
        foreach (var path in old)
            File.Delete(path);
        return new JobResult(IsGood: true, $"{name} has the store; {old.Length} older ones were removed");
    }
}
