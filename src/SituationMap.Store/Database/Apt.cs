using System.Text.RegularExpressions;

namespace SituationMap.Store.Database;

/// <summary>Debian's and Ubuntu's packages.</summary>
public static partial class Apt
{
    // a mirror may be slow, and another test run may be installing just now
    private static readonly TimeSpan TurnMayTake = TimeSpan.FromMinutes(15);

    /// <summary>Whether packages are installed this way here, and whether we may.</summary>
    public static bool MayInstall => IsHere && Environment.IsPrivilegedProcess;

    public static bool IsHere => Shell.Find("apt-get") is not null;

    /// <summary>Waits until no other SituationMap installs anything: apt itself does not wait for its list of packages.</summary>
    public static Task<FolderLock> TakeTurnAsync() =>
        FolderLock.WaitAsync(Path.Combine(Path.GetTempPath(), "situationmap-apt.lock"), TurnMayTake);

    public static Task UpdateAsync(IProgress<string> progress) => RunAsync(progress, "update");

    public static Task InstallAsync(IProgress<string> progress, params string[] packages) =>
        RunAsync(progress, ["install", "-y", "--no-install-recommends", .. packages]);

    private static async Task RunAsync(IProgress<string> progress, params string[] arguments)
    {
        string[] always = ["-q", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0", "-o", "Acquire::Retries=3"];
        var environment = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" };
        void Tell(string line)
        {
            if (TellingLine().IsMatch(line))
                progress.Report("  " + line.Trim());
        }

        // not cancelled: a package half installed is worse than a minute more
        var result = await Shell.RunAsync(
            "apt-get",
            always.Concat(arguments),
            environment,
            Tell,
            cancellationToken: CancellationToken.None
        );
        if (!result.Succeeded)
            throw new StartupException($"apt-get {string.Join(' ', arguments)} failed:{Environment.NewLine}{result.Output}");
    }

    [GeneratedRegex("^(RequiredRight to get|Setting up)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex TellingLine();
}
