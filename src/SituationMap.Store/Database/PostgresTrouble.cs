namespace SituationMap.Store.Database;

/// <summary>
/// Why an embedded PostgreSQL does not start, in a sentence that says what to do. What PostgreSQL says itself stays in its log: its advice,
/// such as to make a new cluster, is for somebody who runs PostgreSQL and not for somebody whose data are gone.
/// </summary>
public static class PostgresTrouble
{
    /// <summary>What every cluster has; without one of them PostgreSQL does not start, and must not be helped to.</summary>
    private static readonly string[] Needed = ["PG_VERSION", "postgresql.conf", "global/pg_control", "base", "pg_wal"];

    /// <summary>Words in what PostgreSQL or its programs print, and what they come to. The first that is found counts.</summary>
    private static readonly (string Word, string Why)[] Known =
    [
        ("No space left on device", "the disk is full: free some space there"),
        ("Read-only file system", "the disk can only be read: have it mounted for writing again"),
        ("Permission denied", "its files are closed to the user PostgreSQL runs as: give them back to him"),
        ("has wrong ownership", "its files belong to another user: give them back to the one PostgreSQL runs as"),
        ("Cannot allocate memory", "the machine has too little memory left: free some, or give it more"),
        ("checkpoint record", "its files are damaged: restore the folder from a backup"),
        ("invalid page", "its files are damaged: restore the folder from a backup"),
        ("No such file or directory", "files of it are missing: restore the folder from a backup"),
    ];

    /// <summary>What is missing of a cluster, as a sentence; null: it looks whole.</summary>
    public static string? Missing(string cluster)
    {
        if (!Directory.Exists(cluster))
            return $"The folder {cluster} with everything that was stored is missing. {Restore}";
        return Needed.FirstOrDefault(needed => !Path.Exists(Path.Combine(cluster, needed))) is { } missing
            ? $"{Path.Combine(cluster, missing)} is missing or cannot be read, without which PostgreSQL cannot open what was "
                + $"stored. {Restore}"
            : null;
    }

    /// <param name="what">What failed, as the beginning of a sentence.</param>
    /// <param name="printed">What PostgreSQL printed.</param>
    /// <param name="log">The file in which that can be read.</param>
    public static string Explain(string what, string printed, string log) =>
        Array.Find(Known, known => printed.Contains(known.Word, StringComparison.Ordinal)) is { Why: { } why }
            ? $"{what}, for {why} (details are in {log})."
            : $"{what}; the end of {log} says why.";

    private const string Restore =
        "Put it back, from a backup if need be, and start SituationMap as the user whom it belongs to; "
        + "or start over with an empty data folder: --SituationMap:DataFolder=…";
}
