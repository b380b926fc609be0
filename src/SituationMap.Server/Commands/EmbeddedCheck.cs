using System.Runtime.CompilerServices;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Commands;

/// <summary>Whether the embedded PostGIS would start: its programs, its user, its folder.</summary>
internal static class EmbeddedCheck
{
    private const long EnoughDisk = 2L * 1024 * 1024 * 1024;

    public static async IAsyncEnumerable<Finding> LookAsync(
        SituationMapOptions options,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var (folder, account) = await FolderAsync(options, cancellationToken);
        var installations = await PostgresInstallation.FindAllAsync(cancellationToken);
        foreach (var other in installations)
            yield return Describe(other, folder.Major);
        if (await PostgresInstallation.FindUsableAsync(folder.Major, cancellationToken) is null)
            yield return new Finding(Verdict.Missing, "PostgreSQL with PostGIS", PostgresPackages.HowToInstall(folder.Major));

        yield return new Finding(
            Verdict.Good,
            account.IsSelf
                ? $"PostgreSQL runs as you, {account.Name}"
                : $"PostgreSQL runs as the user {account.Name}, since it refuses to run as root"
        );
        yield return DescribeFolder(folder);
        yield return DescribeDisk(folder);
    }

    /// <summary>Whether a server is running on the data folder right now.</summary>
    public static async Task<bool> IsInUseAsync(SituationMapOptions options, CancellationToken cancellationToken) =>
        IsInUse((await FolderAsync(options, cancellationToken)).Folder);

    private static async Task<(DataFolder Folder, PostgresAccount Account)> FolderAsync(
        SituationMapOptions options,
        CancellationToken cancellationToken
    )
    {
        var wanted = DataFolder.AsConfigured(options.DataFolder);
        var account = await PostgresAccount.ChooseAsync(wanted.Cluster, cancellationToken);
        return (await wanted.ReachableAsync(account, cancellationToken), account);
    }

    private static Finding Describe(PostgresInstallation found, int? major)
    {
        var what =
            $"PostgreSQL {found.Major} in {found.BinFolder}, "
            + $"{(found.PostgisVersion is { } postgis ? $"PostGIS {postgis}" : "without PostGIS")}";
        if (found.Major < PostgresInstallation.OldestMajor)
            return new Finding(Verdict.Note, $"{what}: too old, {PostgresInstallation.OldestMajor} is needed");
        if (major is not null && found.Major != major)
            return new Finding(Verdict.Note, $"{what}: not used, the data folder was made by {major}");
        return new Finding(found.PostgisVersion is null ? Verdict.Note : Verdict.Good, what);
    }

    private static Finding DescribeFolder(DataFolder folder)
    {
        if (IsInUse(folder))
            return new Finding(Verdict.Note, $"The data folder {folder.Path} is in use by a running server");
        if (folder.Major is { } major)
            return new Finding(Verdict.Good, $"The data folder {folder.Path} has a cluster of PostgreSQL {major}");
        if (File.Exists(folder.PasswordFile) && PostgresTrouble.Missing(folder.Cluster) is { } missing)
            return new Finding(Verdict.Missing, missing);
        return IsWritable(folder.NearestExisting)
            ? new Finding(Verdict.Good, $"The data folder {folder.Path} will be made at the first start")
            : new Finding(
                Verdict.Missing,
                $"The data folder {folder.Path} cannot be made: {folder.NearestExisting} is not writable",
                "choose another one with --SituationMap:DataFolder=…"
            );
    }

    private static Finding DescribeDisk(DataFolder folder)
    {
        var free = new DriveInfo(folder.NearestExisting).AvailableFreeSpace;
        var what = $"{free / (1024.0 * 1024 * 1024):0.0} GB free where the data folder is";
        return free >= EnoughDisk
            ? new Finding(Verdict.Good, what)
            : new Finding(
                Verdict.Missing,
                what + ", 2 GB are needed",
                "free some, or choose a folder on another disk with --SituationMap:DataFolder=…"
            );
    }

    private static bool IsInUse(DataFolder folder)
    {
        if (!File.Exists(folder.LockFile))
            return false;
        using var taken = FolderLock.TryTake(folder.LockFile);
        return taken is null;
    }

    private static bool IsWritable(string folder)
    {
        try
        {
            using var probe = new FileStream(
                Path.Combine(folder, $".situationmap-probe-{Environment.ProcessId}"),
                new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    Options = FileOptions.DeleteOnClose,
                }
            );
            return true;
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }
}
