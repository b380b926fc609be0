using System.Buffers;
using System.Text;

namespace SituationMap.Server.Database;

/// <summary>The folder of the Unix socket through which the embedded cluster is reached.</summary>
internal static class PostgresSocket
{
    /// <summary>The name of the socket in its folder says the port; nothing listens on the network.</summary>
    public const int Port = 5432;

    // sun_path has 108 bytes, the last of them 0
    private const int LongestPath = 107;

    // what means something in PostgreSQL's list of folders or in a connection string's list of hosts
    private static readonly SearchValues<char> Meaningful = SearchValues.Create(",:;'\"\\=");

    /// <summary>The cluster's own folder, or a short one of its own for temporary files where that path would not do.</summary>
    public static async Task<string> ChooseFolderAsync(string cluster, PostgresAccount account, CancellationToken cancellationToken)
    {
        if (IsUsable(cluster))
            return cluster;
        var folder = Directory.CreateTempSubdirectory("situationmap-").FullName;
        await account.GiveAsync(folder, cancellationToken);
        return folder;
    }

    /// <summary>Removes what <see cref="ChooseFolderAsync"/> made.</summary>
    public static void RemoveFolder(string folder, string cluster)
    {
        if (folder != "" && folder != cluster && Path.GetFileName(folder).StartsWith("situationmap-", StringComparison.Ordinal) && Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
    }

    private static bool IsUsable(string folder) =>
        Encoding.UTF8.GetByteCount(Path.Combine(folder, $".s.PGSQL.{Port}")) <= LongestPath && folder.AsSpan().IndexOfAny(Meaningful) < 0;
}
