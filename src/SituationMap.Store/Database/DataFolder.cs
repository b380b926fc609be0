using System.Security.Cryptography;
using System.Text;

namespace SituationMap.Store.Database;

/// <summary>Where the server keeps its embedded PostGIS, and what is in there.</summary>
/// <param name="Path">The folder, absolute.</param>
public sealed record DataFolder(string Path)
{
    private const string Default = ".situationmap";
    private const string WhereAllCanGo = "/var/lib/situationmap";

    /// <summary>The cluster's data, its log included.</summary>
    public string Cluster => System.IO.Path.Combine(Path, "postgres");

    /// <summary>Held by the server that uses the folder.</summary>
    public string LockFile => System.IO.Path.Combine(Path, "server.lock");

    /// <summary>The password of the cluster's only user, generated when the cluster was made.</summary>
    public string PasswordFile => System.IO.Path.Combine(Path, "postgres.password");

    /// <summary>The major version of PostgreSQL that made the cluster; null where there is none yet.</summary>
    public int? Major => File.Exists(VersionFile) && int.TryParse(File.ReadAllText(VersionFile).Trim(), out var major) ? major : null;

    private string VersionFile => System.IO.Path.Combine(Cluster, "PG_VERSION");

    /// <summary>The folder, or the one it would be made in: where its rights and its disk are looked at.</summary>
    public string NearestExisting
    {
        get
        {
            var folder = Path;
            while (!Directory.Exists(folder) && System.IO.Path.GetDirectoryName(folder) is { } above)
                folder = above;
            return folder;
        }
    }

    /// <summary>The folder the settings ask for, without a look at whether PostgreSQL's user can reach it.</summary>
    public static DataFolder AsConfigured(string? configured) => new(System.IO.Path.GetFullPath(configured ?? Default));

    /// <summary>The folder to go to where PostgreSQL's user cannot reach this one: always the same one for the same folder.</summary>
    public DataFolder Elsewhere()
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path)))[..8];
        // for …/somewhere/.situationmap the telling name is that of the folder above
        var name = System.IO.Path.GetFileName(Path);
        if (name == Default)
            name = System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(Path)!);
        var telling = new string([.. name.Where(char.IsAsciiLetterOrDigit)]);
        return new DataFolder(System.IO.Path.Combine(WhereAllCanGo, $"{(telling == "" ? "data" : telling)}-{hash}"));
    }

    /// <summary>Makes the folder, or the one elsewhere where PostgreSQL's user could not get at it.</summary>
    public async Task<DataFolder> OpenAsync(PostgresAccount account, IProgress<string> progress, CancellationToken cancellationToken)
    {
        var reachable = await ReachableAsync(account, cancellationToken);
        if (reachable != this)
            progress.Report($"{Path} is closed to the user {account.Name}, as whom PostgreSQL runs: using {reachable.Path} instead");
        reachable.Make();
        return reachable;
    }

    /// <summary>This folder, or the one elsewhere where PostgreSQL's user cannot get at it.</summary>
    public async Task<DataFolder> ReachableAsync(PostgresAccount account, CancellationToken cancellationToken) =>
        account.IsSelf || await account.CanEnterAsync(NearestExisting, cancellationToken) ? this : Elsewhere();

    private void Make()
    {
        try
        {
            // open to all, so that PostgreSQL's user gets through; what is private inside has its own rights
            const UnixFileMode ownerWrites = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            const UnixFileMode othersLook =
                UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(Path);
            else
                Directory.CreateDirectory(Path, ownerWrites | othersLook);
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            throw new StartupException(
                $"The data folder {Path} cannot be made: {failure.Message} " + "Choose another one with --SituationMap:DataFolder=…",
                failure
            );
        }
    }
}
