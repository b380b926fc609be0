using System.Globalization;
using System.Security.Cryptography;
using SituationMap.Store.Database;

namespace SituationMap.Store.Files;

/// <summary>
/// Somebody who owns nothing on this machine, for what opens foreign files: a user's number that no account has, another one for each
/// import. Where the server is root, as it the folder of the import can be read and one folder in it written, and nothing else that is
/// not open to all; elsewhere the server itself is unprivileged already, and cannot become another one.
/// </summary>
public sealed class SandboxUser
{
    /// <summary>The numbers that systemd keeps for users made for one service alone (its DynamicUser=).</summary>
    private const int First = 61_184;
    private const int Last = 65_519;

    private readonly string _id = RandomNumberGenerator.GetInt32(First, Last + 1).ToString(CultureInfo.InvariantCulture);

    /// <summary>Lets it read these files, in a folder that is otherwise ours, and write into that other folder and what is in
    /// it.</summary>
    public async Task LendAsync(string folder, IEnumerable<string> files, string writable, CancellationToken cancellation)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            return;
        var read = files.ToList();
        await ChownAsync($"root:{_id}", [folder, .. read], cancellation);
        File.SetUnixFileMode(
            folder,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
        );
        foreach (var file in read)
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await ChownAsync($"{_id}:{_id}", [writable, .. Directory.EnumerateFiles(writable)], cancellation);
    }

    /// <summary>What runs a program as it.</summary>
    /// <exception cref="ImportRefusedException">This machine has nothing to do that with.</exception>
    public (string Program, IReadOnlyList<string> Arguments) As(string program, IReadOnlyList<string> arguments)
    {
        if (!Environment.IsPrivilegedProcess)
            return (program, arguments);
        var setpriv = Shell.Find("setpriv")
            ?? throw new ImportRefusedException(
                "gdal-missing",
                "file",
                "setpriv on the server, which reads foreign files as another user: sudo apt-get install -y util-linux"
            );
        return (
            setpriv,
            [
                $"--reuid={_id}",
                $"--regid={_id}",
                "--clear-groups",
                "--no-new-privs",
                "--bounding-set=-all",
                "--inh-caps=-all",
                "--",
                program,
                .. arguments,
            ]
        );
    }

    private static async Task ChownAsync(string owner, IEnumerable<string> paths, CancellationToken cancellation)
    {
        var given = await Shell.RunAsync("chown", [owner, "--", .. paths], cancellationToken: cancellation);
        if (!given.Succeeded)
            throw new IOException($"A folder for an import could not be lent: {given.Output}");
    }
}
