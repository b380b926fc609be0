using System.Security.Cryptography;
using System.Text;
using SituationMap.Core.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Store.Protocols;

/// <summary>The protocol plan that this deployment follows, read once at start.</summary>
public sealed class ProtocolCatalog(ProtocolPlan plan, Divisions divisions, string fingerprint)
{
    /// <summary>The folder <c>data</c> beside the program.</summary>
    public static string DataFolder { get; } = Path.Combine(AppContext.BaseDirectory, "data");

    public ProtocolPlan Plan => plan;

    /// <summary>Equal where plan, editions and time zone are, so that workers on several machines know whether they work by the same
    /// rules.</summary>
    public string Fingerprint => fingerprint;

    /// <summary>The names of divisions, by their codes.</summary>
    public Divisions Divisions => divisions;

    /// <summary>The strictness of a zone's level, 1 the strictest, by the newest edition of the plan that knows it; unknown levels come
    /// last.</summary>
    public int ZoneRank(string level) =>
        plan.Editions.Reverse().Select(entry => entry.Edition.ZoneLevel(level)?.Rank).FirstOrDefault(rank => rank is not null) ?? 99;

    /// <summary>Reads the plan, and every other file as well: one that is wrong would be found out only when it is chosen.</summary>
    /// <param name="data">The folder <c>data</c>.</param>
    /// <exception cref="StartupException">A plan or an edition is wrong; the message lists every fault with its file and the location in
    /// it.</exception>
    public static ProtocolCatalog Load(string data, SituationMapOptions options)
    {
        var files = FilesOf(data, options);
        var timeZone = options.TimeZone is null ? null : TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
        var reading = ProtocolReader.Read(files, options.Plan, timeZone);
        var divisions = Divisions.Read(File.ReadAllText(Path.Combine(data, "divisions", "divisions.json")), out var divisionErrors);
        string[] errors = [.. reading.Errors.Concat(ProtocolReader.Check(files)).Concat(divisionErrors).Distinct()];
        return reading.Plan is { } plan && errors.Length == 0
            ? new ProtocolCatalog(plan, divisions, FingerprintOf(files, plan))
            : throw new StartupException(
                "The protocols cannot be used:" + string.Concat(errors.Select(error => $"{Environment.NewLine}  {error}"))
            );
    }

    /// <summary>The texts of the protocol files by their names below their folder, such as <c>plans/demo.json</c>, and those of the
    /// editions of work as <c>work/community.json</c>: from the folder <c>work</c> there, or from <c>data/work</c> where it has
    /// none.</summary>
    /// <exception cref="StartupException">There is no such folder.</exception>
    public static Dictionary<string, string> FilesOf(string data, SituationMapOptions options)
    {
        var folder = options.Protocols ?? Path.Combine(data, "protocols");
        if (!Directory.Exists(folder))
            throw new StartupException($"SituationMap:Protocols: there is no folder {folder}");
        var files = FilesIn(folder, folder);
        return Directory.Exists(Path.Combine(folder, ProtocolReader.WorkFolder))
            ? files
            : files.Concat(FilesIn(Path.Combine(data, ProtocolReader.WorkFolder), data)).ToDictionary();
    }

    private static Dictionary<string, string> FilesIn(string folder, string root) =>
        Directory
            .EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(root, file).Replace('\\', '/'), File.ReadAllText);

    /// <summary>Without the editions of work: no status follows from them.</summary>
    private static string FingerprintOf(Dictionary<string, string> files, ProtocolPlan plan)
    {
        var text = new StringBuilder().Append(plan.Id).Append('\n').Append(plan.TimeZone.Id);
        var protocols = files.Where(file => !file.Key.StartsWith(ProtocolReader.WorkFolder, StringComparison.Ordinal));
        foreach (var (name, content) in protocols.OrderBy(file => file.Key, StringComparer.Ordinal))
            text.Append('\n').Append(name).Append('\n').Append(content);
        return $"{plan.Id} {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16]}";
    }
}
