namespace SituationMap.Store.Database;

/// <summary>
/// The user that PostgreSQL runs as. It refuses to run as root, so a server started by root runs it as an unprivileged user;
/// everyone else runs it as themselves.
/// </summary>
/// <param name="Name">The user's name.</param>
/// <param name="IsSelf">Whether that is the user this program runs as.</param>
public sealed record PostgresAccount(string Name, bool IsSelf)
{
    /// <summary>Users that Unix systems have, the fitting one first: Debian's package makes <c>postgres</c>.</summary>
    private static readonly string[] Unprivileged = ["postgres", "nobody", "daemon"];

    /// <summary>Chooses the user: whoever has the existing cluster, else oneself, else an unprivileged one.</summary>
    /// <param name="cluster">The cluster's folder, which need not exist.</param>
    public static async Task<PostgresAccount> ChooseAsync(string cluster, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
            return new PostgresAccount(Environment.UserName, IsSelf: true);
        if (Directory.Exists(cluster))
        {
            var owner = (await Shell.RunAsync("stat", ["-c", "%U", cluster], cancellationToken: cancellationToken)).Output;
            if (owner is not ("root" or "UNKNOWN"))
                return new PostgresAccount(owner, IsSelf: false);
        }

        foreach (var name in Unprivileged)
        {
            if ((await Shell.RunAsync("id", ["-u", name], cancellationToken: cancellationToken)).Succeeded)
                return new PostgresAccount(name, IsSelf: false);
        }

        throw new StartupException(
            $"PostgreSQL does not run as root, and none of the users {string.Join(", ", Unprivileged)} exists here. "
                + "Start SituationMap as an ordinary user."
        );
    }

    /// <summary>Runs a program as this user.</summary>
    public Task<ShellResult> RunAsync(string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        // English messages, which the log of a failed start is searched for
        var environment = new Dictionary<string, string> { ["LC_ALL"] = "C" };
        var (command, all) = As(program, arguments);
        return Shell.RunAsync(command, all, environment, cancellationToken: cancellationToken);
    }

    /// <summary>Whether this user can go into a folder, which takes the right on every folder above it.</summary>
    public async Task<bool> CanEnterAsync(string folder, CancellationToken cancellationToken) =>
        (await RunAsync("test", ["-x", folder], cancellationToken)).Succeeded;

    /// <summary>Makes a folder that only this user (and root) can look into.</summary>
    public async Task MakePrivateFolderAsync(string folder, CancellationToken cancellationToken)
    {
        string[] arguments = IsSelf ? ["-d", "-m", "0700", folder] : ["-d", "-m", "0700", "-o", Name, folder];
        var made = await Shell.RunAsync("install", arguments, cancellationToken: cancellationToken);
        if (!made.Succeeded)
            throw new StartupException($"The folder {folder} could not be made: {made.Output}");
    }

    /// <summary>Gives a file to this user.</summary>
    public async Task GiveAsync(string file, CancellationToken cancellationToken)
    {
        if (IsSelf)
            return;
        var given = await Shell.RunAsync("chown", [Name, file], cancellationToken: cancellationToken);
        if (!given.Succeeded)
            throw new StartupException($"The file {file} could not be given to {Name}: {given.Output}");
    }

    private (string Command, IReadOnlyList<string> Arguments) As(string program, IReadOnlyList<string> arguments)
    {
        if (IsSelf)
            return (program, arguments);
        if (Shell.Find("setpriv") is { } setpriv)
            return (setpriv, [$"--reuid={Name}", "--regid=" + PrimaryGroup, "--init-groups", "--", program, .. arguments]);
        if (Shell.Find("runuser") is { } runuser)
            return (runuser, ["-u", Name, "--", program, .. arguments]);
        return ("su", ["-s", "/bin/sh", Name, "-c", "exec \"$0\" \"$@\"", "--", program, .. arguments]);
    }

    // setpriv takes the group on its own; /etc/passwd: name:password:uid:gid:…
    private string PrimaryGroup => File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(fields => fields[0] == Name)[3];
}
