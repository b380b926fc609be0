using System.Text.RegularExpressions;

namespace SituationMap.Store.Database;

/// <summary>PostgreSQL and PostGIS from the distribution: which packages, and how they are installed.</summary>
public static partial class PostgresPackages
{
    private const string CreateClusterFolder = "/etc/postgresql-common";

    /// <summary>What a person without an installation can do about it.</summary>
    /// <param name="major">Where data exist already: the version that can open them.</param>
    public static string HowToInstall(int? major)
    {
        var missing = major is null
            ? "PostgreSQL 15 or newer with PostGIS 3"
            : $"PostgreSQL {major} with PostGIS 3 (the data folder was made by it)";
        var command = Apt.IsHere
            ? $"  sudo apt-get update && sudo apt-get install -y --no-install-recommends {PackageFor(major)}"
            : $"  install {missing} with this system's package manager";
        return $"""
            {missing} is not on this machine. One of these mends it:
            {command}
              SITUATIONMAP_DB_PASSWORD=… docker compose up
              --ConnectionStrings:SituationMap="Host=…;Database=…;Username=…;Password=…"   (a server you have already)
            """;
    }

    /// <summary>Installs PostgreSQL and PostGIS by apt, as root.</summary>
    public static async Task InstallAsync(int? major, IProgress<string> progress)
    {
        // two test runs may find the packages missing at the same time
        using var turn = await Apt.TakeTurnAsync();
        if (await PostgresInstallation.FindUsableAsync(major, CancellationToken.None) is not null)
            return;

        progress.Report("PostgreSQL with PostGIS is not on this machine: installing it with apt (about 150 MB, a minute or two)");
        await Apt.UpdateAsync(progress);
        var package = major is null ? await NewestPackageAsync() : PackageFor(major);

        // Debian's package would set up and start a cluster of its own. A machine that has the package's settings already
        // has somebody who decided about them: there nothing is touched.
        var quiet = Path.Combine(CreateClusterFolder, "createcluster.d", "situationmap.conf");
        var isFirst = !Directory.Exists(CreateClusterFolder);
        if (isFirst)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(quiet)!);
            await File.WriteAllTextAsync(quiet, "create_main_cluster = false\n");
        }

        try
        {
            await Apt.InstallAsync(progress, package);
        }
        finally
        {
            if (isFirst)
                File.Delete(quiet);
        }
    }

    private static string PackageFor(int? major) => major is null ? "postgresql-postgis" : $"postgresql-{major}-postgis-3";

    private static async Task<string> NewestPackageAsync()
    {
        var search = await Shell.RunAsync("apt-cache", ["--names-only", "search", "^postgresql-[0-9]+-postgis-3$"]);
        var newest = search
            .Output.Split('\n')
            .Select(line => PackageName().Match(line))
            .Where(match => match.Success)
            .Select(match => int.Parse(match.Groups["major"].Value))
            .Where(version => version >= PostgresInstallation.OldestMajor)
            .DefaultIfEmpty()
            .Max();
        return newest > 0
            ? PackageFor(newest)
            : throw new StartupException(
                $"This system's packages offer no PostgreSQL {PostgresInstallation.OldestMajor} or newer with PostGIS 3. "
                    + "See https://wiki.postgresql.org/wiki/Apt for packages that do, or use: SITUATIONMAP_DB_PASSWORD=… docker compose up"
            );
    }

    [GeneratedRegex("^postgresql-(?<major>[0-9]+)-postgis-3 ", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex PackageName();
}
