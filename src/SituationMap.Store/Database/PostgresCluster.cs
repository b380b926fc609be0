using System.Security.Cryptography;

namespace SituationMap.Store.Database;

/// <summary>A cluster's life on disk and as a process: made once, started, recovered after a crash, stopped.</summary>
public sealed class PostgresCluster(DataFolder folder, PostgresInstallation installation, PostgresAccount account, bool isThrowAway)
{
    public const string Superuser = "situationmap";

    private static readonly TimeSpan OrphansMayTake = TimeSpan.FromSeconds(30);

    public PostgresInstallation Installation { get; } = installation;

    /// <summary>Where it listens, once started.</summary>
    public string SocketFolder { get; private set; } = "";

    /// <summary>A new cluster is made beside its place and then moved there, so that a start broken off in the middle leaves nothing half
    /// made.</summary>
    private string Unfinished => folder.Cluster + ".new";

    private string LogFile => Path.Combine(folder.Cluster, "server.log");

    /// <summary>Makes the cluster where there is none yet, and gives its password.</summary>
    public async Task<string> EnsureMadeAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        // a password without a cluster was that of one which is gone; to make an empty one in its place would be to hide that
        var isNew = !Directory.Exists(folder.Cluster) && (!File.Exists(folder.PasswordFile) || Directory.Exists(Unfinished));
        if (!isNew && PostgresTrouble.Missing(folder.Cluster) is { } missing)
            throw new StartupException(missing);
        if (isNew)
            await MakeAsync(progress, cancellationToken);
        return await ReadPasswordAsync(cancellationToken);
    }

    /// <summary>The password of a cluster that has been made.</summary>
    public async Task<string> ReadPasswordAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(folder.PasswordFile))
            throw new StartupException(
                $"{folder.PasswordFile} is missing, without which {folder.Cluster} cannot be opened. "
                    + "Put it back, or start over with an empty data folder."
            );
        try
        {
            return await File.ReadAllTextAsync(folder.PasswordFile, cancellationToken);
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new StartupException(
                $"The data folder {folder.Path} belongs to another user (its password file cannot be read). "
                    + "Start SituationMap as that user, or choose another folder with --SituationMap:DataFolder=…",
                failure
            );
        }
    }

    /// <summary>Starts PostgreSQL and returns when it takes connections.</summary>
    public async Task StartAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        if (PostgresTrouble.Missing(folder.Cluster) is { } missing)
            throw new StartupException(missing);
        await ClearUpAsync(progress, cancellationToken);
        SocketFolder = await PostgresSocket.ChooseFolderAsync(folder.Cluster, account, cancellationToken);
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        await File.WriteAllTextAsync(
            Path.Combine(folder.Cluster, PostgresSettings.FileName),
            PostgresSettings.Text(SocketFolder, memory, isThrowAway),
            cancellationToken
        );
        // the log of a start is what tells why it failed; older ones are of no use to anyone
        File.Delete(LogFile);

        progress.Report($"Starting PostgreSQL {Installation.Major} in {folder.Cluster}");
        var began = TimeProvider.System.GetTimestamp();
        // pg_ctl puts it in a session of its own, so that a Ctrl+C meant for us does not stop it before we are done with it
        while (!(await PgCtlAsync(["start", "-w", "-t", "600", "-s", "-l", LogFile], cancellationToken)).Succeeded)
        {
            var log = File.Exists(LogFile) ? await File.ReadAllTextAsync(LogFile, cancellationToken) : "";
            // after a killed postmaster its children take a moment to notice
            var isHeldByOrphans = log.Contains("pre-existing shared memory block", StringComparison.Ordinal);
            if (!isHeldByOrphans || TimeProvider.System.GetElapsedTime(began) > OrphansMayTake)
                throw new StartupException(PostgresTrouble.Explain($"PostgreSQL did not start in {folder.Cluster}", log, LogFile));
            await Task.Delay(TimeSpan.FromMilliseconds(300), cancellationToken);
        }
    }

    /// <summary>Finds where a PostgreSQL listens that another process started; false: none runs.</summary>
    public bool Join()
    {
        SocketFolder = PostmasterFile.Read(folder.Cluster)?.SocketFolder ?? "";
        return SocketFolder != "";
    }

    /// <summary>Whether its process is gone: costs a look, so it can be asked every second.</summary>
    public bool IsGone => PostmasterFile.Read(folder.Cluster) is not { HasProcess: true };

    private async Task<bool> IsRunningAsync(CancellationToken cancellationToken) =>
        PostmasterFile.Read(folder.Cluster) is { } running && await running.IsAliveAsync(folder.Cluster, cancellationToken);

    /// <summary>Stops PostgreSQL where it runs; never throws, as it is called on the way out.</summary>
    public async Task StopAsync()
    {
        if (await IsRunningAsync(CancellationToken.None))
        {
            // fast: sessions are broken off, what is committed is written. Immediate: recovery makes good for it at the next start.
            if (!(await PgCtlAsync(["stop", "-w", "-t", "60", "-s", "-m", "fast"], CancellationToken.None)).Succeeded)
                await PgCtlAsync(["stop", "-w", "-t", "30", "-s", "-m", "immediate"], CancellationToken.None);
        }

        PostgresSocket.RemoveLeftovers(SocketFolder, folder.Cluster);
    }

    /// <summary>Leaves nothing of an earlier run that was killed: its PostgreSQL, or the file that says it runs.</summary>
    private async Task ClearUpAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        var left = PostmasterFile.Read(folder.Cluster);
        if (left is not null && await left.IsAliveAsync(folder.Cluster, cancellationToken))
        {
            progress.Report("Stopping the PostgreSQL that an earlier run left behind");
            await StopAsync();
        }

        // We hold the folder and nothing runs on it, so these files are stale, whoever has the process number in them now. Even a
        // killed PostgreSQL still has it where nobody asks how it ended, as in a container without an init.
        File.Delete(PostmasterFile.In(folder.Cluster));
        PostgresSocket.RemoveLeftovers(left?.SocketFolder ?? "", folder.Cluster);
    }

    private async Task MakeAsync(IProgress<string> progress, CancellationToken cancellationToken)
    {
        progress.Report($"Making a PostgreSQL {Installation.Major} cluster in {folder.Cluster} (as user {account.Name})");
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        // there is never a password without this folder, by which one of a start that was broken off is told from one whose cluster is gone
        File.Delete(folder.PasswordFile);
        if (Directory.Exists(Unfinished))
            Directory.Delete(Unfinished, recursive: true);
        await account.MakePrivateFolderAsync(Unfinished, cancellationToken);
        WritePrivately(folder.PasswordFile, password);
        var passwordForInit = folder.PasswordFile + ".init";
        try
        {
            WritePrivately(passwordForInit, password);
            await account.GiveAsync(passwordForInit, cancellationToken);
            string[] arguments =
            [
                "-D",
                Unfinished,
                "-U",
                Superuser,
                "--pwfile",
                passwordForInit,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                // bytes decide the order, the same on every machine; what is a letter follows Unicode
                "--locale=C",
                "--lc-ctype=C.UTF-8",
                .. isThrowAway ? ["--no-sync"] : Array.Empty<string>(),
            ];
            var made = await account.RunAsync(Installation.Program("initdb"), arguments, cancellationToken);
            if (!made.Succeeded)
            {
                var log = Path.Combine(folder.Path, "initdb.log");
                await File.WriteAllTextAsync(log, made.Output, cancellationToken);
                throw new StartupException(
                    PostgresTrouble.Explain($"The PostgreSQL cluster could not be made in {folder.Path}", made.Output, log)
                );
            }
        }
        finally
        {
            File.Delete(passwordForInit);
        }

        await File.AppendAllTextAsync(
            Path.Combine(Unfinished, "postgresql.conf"),
            $"{Environment.NewLine}include_if_exists = '{PostgresSettings.FileName}'{Environment.NewLine}",
            cancellationToken
        );
        Directory.Move(Unfinished, folder.Cluster);
    }

    private Task<ShellResult> PgCtlAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) =>
        account.RunAsync(Installation.Program("pg_ctl"), ["-D", folder.Cluster, .. arguments], cancellationToken);

    private static void WritePrivately(string file, string text)
    {
        File.Delete(file);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, options);
        writer.Write(text);
    }
}
