using System.Text.RegularExpressions;
using SituationMap.Store.Database;

namespace SituationMap.Store.Files;

/// <summary>
/// GDAL's programs, run on files that somebody sent us: in a process of their own with limits on time, memory and what they write, with no
/// other driver than the one expected (so that no file can pose as a virtual one that leads elsewhere), and with nothing of our
/// environment.
/// </summary>
public static partial class Gdal
{
    /// <summary>What installs it.</summary>
    public const string HowToInstall = "sudo apt-get install -y --no-install-recommends gdal-bin";

    private static readonly TimeSpan MayTake = TimeSpan.FromMinutes(10);

    /// <summary>The port of discarding, over which no proxy speaks.</summary>
    private const string Nobody = "http://127.0.0.1:9";

    private const long MaxMemory = 4L << 30;
    private const long MaxWritten = 8L << 30;

    private static readonly SemaphoreSlim Once = new(1);
    private static IReadOnlyList<string>? s_drivers;

    public static bool IsHere => Shell.Find("ogr2ogr") is not null && Shell.Find("ogrinfo") is not null;

    /// <summary>Runs a program of GDAL.</summary>
    /// <param name="drivers">The only drivers it has.</param>
    /// <param name="user">As whom, of files that others sent; null: as ourselves, of our own.</param>
    /// <exception cref="ImportRefusedException">GDAL is not here, could not read the file, or took too long.</exception>
    public static async Task<string> RunAsync(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyCollection<string> drivers,
        CancellationToken cancellation,
        SandboxUser? user = null
    )
    {
        if (Shell.Find(program) is not { } path)
            throw new ImportRefusedException("gdal-missing", "file", $"GDAL on the server, which reads this format: {HowToInstall}");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/bin:/bin",
            ["LC_ALL"] = "C.UTF-8",
            ["GDAL_SKIP"] = string.Join(',', (await DriversAsync(cancellation)).Except(drivers)),
            ["GDAL_DRIVER_PATH"] = "disable",
            ["OGR_SQLITE_LOAD_EXTENSIONS"] = "",
            // SpatiaLite has virtual tables over files, which a GeoPackage could declare and so have our own files read out
            ["SPATIALITE_LOAD"] = "NO",
            // a file may name an address, such as one of its coordinate system: whatever GDAL would fetch ends at a port where nobody is
            ["GDAL_HTTP_PROXY"] = Nobody,
            ["GDAL_HTTPS_PROXY"] = Nobody,
            ["GDAL_HTTP_CONNECTTIMEOUT"] = "1",
            ["GDAL_HTTP_MAX_RETRY"] = "0",
            // a table whose columns are all text has a heading too
            ["OGR_XLSX_HEADERS"] = "FORCE",
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(MayTake);
        try
        {
            (path, arguments) = Shell.Find("prlimit") is { } bounded
                ? (bounded, [$"--as={MaxMemory}", $"--fsize={MaxWritten}", "--core=0", path, .. arguments])
                : (path, arguments);
            (path, arguments) = user is null ? (path, arguments) : user.As(path, arguments);
            var result = await Shell.RunAsync(path, arguments, environment, isBare: true, cancellationToken: limit.Token);
            // what it says names our private folder, and is written for whoever knows GDAL; of some errors it only tells, and goes on
            // without the row
            return result.Succeeded && !ErrorLine().IsMatch(result.Output)
                ? result.Output
                : throw new ImportRefusedException("file-unreadable", "file", "a file that GDAL can read as what its name says it is");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ImportRefusedException(
                "file-too-large",
                "file",
                $"a file that is read in {MayTake.TotalMinutes:0} minutes; split it"
            );
        }
    }

    /// <summary>The names of all drivers that GDAL has here.</summary>
    private static async Task<IReadOnlyList<string>> DriversAsync(CancellationToken cancellation)
    {
        await Once.WaitAsync(cancellation);
        try
        {
            if (s_drivers is null)
            {
                var formats = await Shell.RunAsync(Shell.Find("ogrinfo")!, ["--formats"], cancellationToken: cancellation);
                s_drivers = [.. DriverLine().Matches(formats.Output).Select(line => line.Groups["name"].Value)];
            }
            return s_drivers;
        }
        finally
        {
            Once.Release();
        }
    }

    [GeneratedRegex(@"^ERROR [0-9]+: ", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"^  (?<name>\S.*?) -[a-z, ]+- ", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex DriverLine();
}
