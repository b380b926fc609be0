namespace SituationMap.Store.Database;

/// <summary>What PostgreSQL's <c>postmaster.pid</c> says about the server that runs, or ran, on a cluster.</summary>
/// <param name="ProcessId">Its process; it may have ended long ago and the number may be another program's by now.</param>
/// <param name="SocketFolder">Where it listens; empty where the file does not say.</param>
public sealed record PostmasterFile(int ProcessId, string SocketFolder)
{
    public static string In(string cluster) => Path.Combine(cluster, "postmaster.pid");

    /// <summary>Reads it; null where there is none or it was cut short by a crash.</summary>
    public static PostmasterFile? Read(string cluster)
    {
        if (!File.Exists(In(cluster)))
            return null;
        // process, data folder, start, port, socket folder, …: one per line
        var lines = File.ReadAllLines(In(cluster));
        return lines.Length > 0 && int.TryParse(lines[0], out var process)
            ? new PostmasterFile(process, lines.Length > 4 ? lines[4] : "")
            : null;
    }

    /// <summary>Whether there is a process of that number that has not ended, whatever it is.</summary>
    public bool HasProcess => Directory.Exists($"/proc/{ProcessId}/cwd"); // one that ended and was not asked how has no current folder

    /// <summary>
    /// Whether that process is alive and really is the server of this cluster. A number may have gone to another program since,
    /// but a postmaster's current folder is its cluster (compared as files, so links do not matter).
    /// </summary>
    public async Task<bool> IsAliveAsync(string cluster, CancellationToken cancellationToken) =>
        (await Shell.RunAsync("test", [$"/proc/{ProcessId}/cwd", "-ef", cluster], cancellationToken: cancellationToken)).Succeeded;
}
