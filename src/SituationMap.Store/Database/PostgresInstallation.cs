using System.Text.RegularExpressions;

namespace SituationMap.Store.Database;

/// <summary>PostgreSQL's programs on this machine.</summary>
/// <param name="Major">The major version, such as 15.</param>
/// <param name="BinFolder">Where its programs are.</param>
/// <param name="PostgisVersion">The version of the PostGIS that belongs to it; null where it has none.</param>
public sealed partial record PostgresInstallation(int Major, string BinFolder, string? PostgisVersion)
{
    /// <summary>The oldest major version whose SQL our migrations can be read by.</summary>
    public const int OldestMajor = 15;

    public string Program(string name) => Path.Combine(BinFolder, name);

    /// <summary>Where Debian and Ubuntu keep several versions side by side.</summary>
    public static IEnumerable<string> Folders =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
            : [];

    /// <summary>Every installation with the server's programs, newest first, without regard to what is usable.</summary>
    public static async Task<IReadOnlyList<PostgresInstallation>> FindAllAsync(CancellationToken cancellationToken)
    {
        var folders = Folders.ToList();
        if (Shell.Find("pg_config") is { } config)
            folders.Add(await AskAsync(config, "--bindir", cancellationToken));
        if (Shell.Find("initdb") is { } initdb)
            folders.Add(Path.GetDirectoryName(File.ResolveLinkTarget(initdb, returnFinalTarget: true)?.FullName ?? initdb)!);

        var found = new List<PostgresInstallation>();
        foreach (var folder in folders.Distinct().Where(folder => File.Exists(Path.Combine(folder, "initdb"))))
        {
            if (await DescribeAsync(folder, cancellationToken) is { } installation)
                found.Add(installation);
        }

        return found.OrderByDescending(installation => installation.Major).ToList();
    }

    /// <summary>The newest installation that can hold the store: recent enough and with PostGIS.</summary>
    /// <param name="major">Where data exist already: only this version can open them.</param>
    public static async Task<PostgresInstallation?> FindUsableAsync(int? major, CancellationToken cancellationToken) =>
        (await FindAllAsync(cancellationToken)).FirstOrDefault(installation =>
            installation.PostgisVersion is not null && installation.Major >= OldestMajor && (major is null || installation.Major == major)
        );

    private static async Task<PostgresInstallation?> DescribeAsync(string folder, CancellationToken cancellationToken)
    {
        var version = MajorVersion().Match(await AskAsync(Path.Combine(folder, "postgres"), "--version", cancellationToken));
        if (!version.Success)
            return null;
        var major = int.Parse(version.Groups["major"].Value);
        var ownConfig = Path.Combine(folder, "pg_config");
        var share = File.Exists(ownConfig) ? await AskAsync(ownConfig, "--sharedir", cancellationToken) : $"/usr/share/postgresql/{major}";
        return new PostgresInstallation(major, folder, PostgisIn(share));
    }

    private static string? PostgisIn(string share)
    {
        var control = Path.Combine(share, "extension", "postgis.control");
        return File.Exists(control) && DefaultVersion().Match(File.ReadAllText(control)) is { Success: true } version
            ? version.Groups["version"].Value
            : null;
    }

    private static async Task<string> AskAsync(string program, string question, CancellationToken cancellationToken)
    {
        if (!File.Exists(program))
            return "";
        return (await Shell.RunAsync(program, [question], cancellationToken: cancellationToken)).Output;
    }

    [GeneratedRegex(@"\b(?<major>\d+)(\.|beta|rc|devel)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex MajorVersion();

    [GeneratedRegex(@"default_version\s*=\s*'(?<version>[^']+)'", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex DefaultVersion();
}
