using SituationMap.Core.Protocols;

namespace SituationMap.Server.Protocols;

/// <summary>The protocol plan that this deployment follows, read once at start.</summary>
internal sealed class ProtocolCatalog(ProtocolPlan plan)
{
    public ProtocolPlan Plan => plan;

    /// <summary>The strictness of a zone's level, 1 the strictest, by the newest edition of the plan that knows it; unknown levels come last.</summary>
    public int ZoneRank(string level) =>
        plan.Editions.Reverse().Select(entry => entry.Edition.ZoneLevel(level)?.Rank).FirstOrDefault(rank => rank is not null) ?? 99;

    /// <summary>Reads the plan and its editions beside the program.</summary>
    public static ProtocolCatalog Load(IServiceProvider services) =>
        Load(Path.Combine(AppContext.BaseDirectory, "data"), services.GetRequiredService<SituationMapOptions>());

    /// <param name="data">The folder <c>data</c>.</param>
    /// <exception cref="StartupException">The plan or an edition is wrong; the message lists every fault with its file and place.</exception>
    public static ProtocolCatalog Load(string data, SituationMapOptions options)
    {
        var folder = Path.Combine(data, "protocols");
        var files = Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllText);
        var timeZone = options.TimeZone is null ? null : TimeZoneInfo.FindSystemTimeZoneById(options.TimeZone);
        var reading = ProtocolReader.Read(files, options.Plan, timeZone);
        return reading.Plan is { } plan
            ? new ProtocolCatalog(plan)
            : throw new StartupException("The protocol plan cannot be used:" + string.Concat(reading.Errors.Select(error => $"{Environment.NewLine}  {error}")));
    }
}
