namespace SituationMap.Store.Database;

/// <summary>The settings of the embedded cluster, written anew at each start so that they fit the machine it is on now.</summary>
public static class PostgresSettings
{
    public const string FileName = "situationmap.conf";

    private const long MegaByte = 1024 * 1024;

    /// <summary>The text of the settings file.</summary>
    /// <param name="socketFolder">The only place where it listens.</param>
    /// <param name="memory">The memory of the machine or container, bytes.</param>
    /// <param name="isThrowAway">For tests: a cluster nobody will miss need not survive a power cut.</param>
    public static string Text(string socketFolder, long memory, bool isThrowAway)
    {
        var shared = Math.Clamp(memory / 8 / MegaByte, 64, isThrowAway ? 128 : 1024);
        var cache = Math.Max(memory / 2 / MegaByte, 128);
        var maintenance = Math.Clamp(memory / 32 / MegaByte, 64, 512);
        var durability = isThrowAway
            ? """
                fsync = off
                synchronous_commit = off
                full_page_writes = off
                """
            : """
                fsync = on
                synchronous_commit = on
                max_wal_size = 2GB
                """;
        return $"""
            # written by SituationMap at each start; changes made here are lost
            # no network: a socket in a folder that only the user running PostgreSQL (and root) can enter
            listen_addresses = ''
            unix_socket_directories = '{socketFolder.Replace("'", "''", StringComparison.Ordinal)}'
            unix_socket_permissions = 0700
            # each server and each worker of a test run has a pool of its own
            max_connections = {(isThrowAway ? 300 : 100)}
            shared_buffers = {shared}MB
            effective_cache_size = {cache}MB
            maintenance_work_mem = {maintenance}MB
            work_mem = 16MB
            # short queries on fast disks
            jit = off
            random_page_cost = 1.1
            timezone = 'UTC'
            log_timezone = 'UTC'
            log_line_prefix = '%m [%p] '
            {durability}

            """;
    }
}
