using System.Buffers;
using System.Text;

namespace SituationMap.Store.Database;

/// <summary>The folder of the Unix socket through which the embedded cluster is reached.</summary>
public static class PostgresSocket
{
    /// <summary>The name of the socket in its folder says the port; nothing listens on the network.</summary>
    public const int Port = 5432;

    private const string FileName = ".s.PGSQL.5432";
    public const string LockFileName = FileName + ".lock";
    private const string TemporaryPrefix = "situationmap-socket-";

    // sun_path has 108 bytes, the last of them 0
    private const int LongestPath = 107;

    // what means something in PostgreSQL's list of folders or in a connection string's list of hosts
    private static readonly SearchValues<char> Meaningful = SearchValues.Create(",:;'\"\\=");

    /// <summary>The cluster's own folder, or a short one of its own for temporary files where that path would not do.</summary>
    public static async Task<string> ChooseFolderAsync(string cluster, PostgresAccount account, CancellationToken cancellationToken)
    {
        if (IsUsable(cluster))
            return cluster;
        var folder = Directory.CreateTempSubdirectory(TemporaryPrefix).FullName;
        await account.GiveAsync(folder, cancellationToken);
        return folder;
    }

    /// <summary>Removes the socket of a PostgreSQL that has ended, and the folder that <see cref="ChooseFolderAsync"/> made for
    /// it.</summary>
    public static void RemoveLeftovers(string folder, string cluster)
    {
        if (Directory.Exists(cluster))
        {
            File.Delete(Path.Combine(cluster, FileName));
            File.Delete(Path.Combine(cluster, LockFileName));
        }

        if (folder != cluster && Path.GetFileName(folder).StartsWith(TemporaryPrefix, StringComparison.Ordinal) && Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static bool IsUsable(string folder) =>
        Encoding.UTF8.GetByteCount(Path.Combine(folder, FileName)) <= LongestPath && folder.AsSpan().IndexOfAny(Meaningful) < 0;
}
