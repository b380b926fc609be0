using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;
using SituationMap.Core.Zones;

namespace SituationMap.Core.Tests;

/// <summary>Plans as deployed, and short notations for facts and zones as the golden cases use them.</summary>
internal static class Scenario
{
    public static IReadOnlyDictionary<string, string> Files { get; } = ReadFiles();

    public static ProtocolPlan Plan(string name) => Read(Files, name);

    /// <summary>A plan with one edition throughout.</summary>
    public static ProtocolPlan Only(string edition, string timeZone = "Asia/Shanghai") =>
        Read(With("only", PlanOf(timeZone, (edition, "2000-01-01"))), "only");

    public static ProtocolPlan Read(IReadOnlyDictionary<string, string> files, string name)
    {
        var reading = ProtocolReader.Read(files, name);
        reading.Errors.ShouldBeEmpty();
        return reading.Plan!;
    }

    /// <summary>
    /// The edition 2020-02, from 10 to 20 February one that is the same but counts every building whose outline intersects a zone, and
    /// then 2020-02 again.
    /// </summary>
    public static ProtocolPlan Touching()
    {
        var files = With("only", PlanOf("Asia/Shanghai", ("2020-02", "2000-01-01"), ("touching", "2020-02-10"), ("2020-02", "2020-02-20")));
        files["touching.json"] = files["2020-02.json"]
            .Replace("\"id\": \"2020-02\"", "\"id\": \"touching\"", StringComparison.Ordinal)
            .Replace("\"zoneTest\": \"point\"", "\"zoneTest\": \"intersects\"", StringComparison.Ordinal);
        return Read(files, "only");
    }

    public static Dictionary<string, string> With(string plan, string text) => new(Files) { [$"plans/{plan}.json"] = text };

    public static string PlanOf(string timeZone, params (string Edition, string From)[] editions) =>
        JsonSerializer.Serialize(
            new
            {
                id = "only",
                name = new Dictionary<string, string> { ["zh-CN"] = "测试", ["en"] = "test" },
                timeZone,
                editions = editions.Select(entry => new { edition = entry.Edition, from = entry.From }),
                work = new[] { new { edition = editions[0].Edition == "flood" ? "flood" : "community", from = "2000-01-01" } },
            }
        );

    public static Guid IdOf(string name) => new(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 16));

    public static int PersonOf(string name) => int.Parse(name[1..], CultureInfo.InvariantCulture);

    public static DateTimeOffset Time(string text, ProtocolPlan plan)
    {
        if (text.Length > 19)
            return DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
        var local = DateTime.Parse(text, CultureInfo.InvariantCulture);
        return new DateTimeOffset(local, plan.TimeZone.GetUtcOffset(local));
    }

    public static List<Fact> Facts(string text, ProtocolPlan plan) => [.. Split(text, ';').Select((part, i) => ReadFact(part, i, plan))];

    public static List<ZonePeriod> Zones(string text, ProtocolPlan plan) => [.. Split(text, ';').Select(part => ReadZone(part, plan))];

    public static int ZoneOf(string code) => int.Parse(code.Split('v')[0][1..], CultureInfo.InvariantCulture);

    public static int VersionOf(string code) =>
        code.Contains('v', StringComparison.Ordinal) ? int.Parse(code.Split('v')[1], CultureInfo.InvariantCulture) : 1;

    public static HouseholdFacts Household(string members, string facts, ProtocolPlan plan) =>
        new([.. Split(members, ' ').Select(PersonOf)], Facts(facts, plan));

    public static StatusEvaluation Evaluate(ProtocolPlan plan, string members, string facts, string zones, string at) =>
        StatusRules.Evaluate(Household(members, facts, plan), Zones(zones, plan), plan, Time(at, plan));

    public static string[] Split(string text, char separator) =>
        text.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Fact ReadFact(string text, int number, ProtocolPlan plan)
    {
        var words = Split(text, ' ');
        var (name, kind) = words[0].Split('=') is [var given, var rest] ? (given, rest) : ($"#{number}", words[0]);
        var person = words[1][0] == 'P' ? PersonOf(words[1]) : (int?)null;
        var at = Time(words[person is null ? 1 : 2], plan);
        var (source, data) = ("grid:210682-004-03", new Dictionary<string, object>());
        foreach (var field in words.Skip(person is null ? 2 : 3))
        {
            var (key, value) = field.Split('=') is [var left, var right] ? (left, right) : throw new FormatException(field);
            if (key == "by")
                source = value;
            else
                data[key] =
                    key is "order" or "confirms" or "fact" ? IdOf(value)
                    : value is "true" or "false" ? value == "true"
                    : decimal.TryParse(value, CultureInfo.InvariantCulture, out var amount) ? amount
                    : value;
        }
        return new Fact(
            IdOf(name),
            Enum.Parse<FactKind>(kind, ignoreCase: true),
            person,
            at,
            at,
            source,
            JsonSerializer.SerializeToElement(data)
        );
    }

    private static ZonePeriod ReadZone(string text, ProtocolPlan plan)
    {
        // a tilde: over the building's outline, not over its point
        var coversPoint = !text.Contains('~', StringComparison.Ordinal);
        var words = Split(text.Replace("~", "", StringComparison.Ordinal), ' ');
        var times = words[2].Split("..");
        return new ZonePeriod(
            ZoneOf(words[0]),
            VersionOf(words[0]),
            words[1],
            Time(times[0], plan),
            times[1].Length == 0 ? null : Time(times[1], plan),
            coversPoint
        );
    }

    private static Dictionary<string, string> ReadFiles()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "protocols");
        var files = Directory
            .EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), File.ReadAllText);
        foreach (var name in new[] { "flood.json", "work/flood.json" })
            files[name] = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", name));
        return files;
    }
}
