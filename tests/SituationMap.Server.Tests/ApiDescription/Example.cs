using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SituationMap.Server.Tests.ApiDescription;

/// <summary>A real answer as it is kept: without what is secret, and long lists cut; and as it is compared: without what is another each
/// time.</summary>
internal static partial class Example
{
    private const int MostItems = 2;
    private const int MostTexts = 8;
    private const int MostLines = 4;

    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    /// <summary>What counts on, or measures how long something took.</summary>
    private static readonly HashSet<string> Counters =
    [
        "sequence",
        "change",
        "milliseconds",
        "cursor",
        "queued",
        "lastBatchHouseholds",
        "lastBatchChanges",
        "lastBatchMilliseconds",
        "traceId",
        "summary",
        "place",
    ];

    /// <param name="isJson">Otherwise lines.</param>
    public static string Keep(string answer, bool isJson, Uri server)
    {
        var masked = Signed()
            .Replace(Secret().Replace(answer, "${kind}…"), "${kind}…")
            .Replace($"{server}", "https://map.example.org/", StringComparison.Ordinal);
        return isJson
            ? Numbers().Replace(Cut(JsonNode.Parse(masked)!).ToJsonString(Layout), list => Blank().Replace(list.Value, " ")) + "\n"
            : string.Concat(masked.Split('\n').Take(MostLines).Where(line => line.Length > 0).Select(line => line.TrimEnd('\r') + "\n"));
    }

    public static string Compared(string kept, bool isJson)
    {
        if (isJson)
        {
            var json = JsonNode.Parse(kept)!;
            Still(json);
            kept = json.ToJsonString(Layout);
        }
        return Id().Replace(Instant().Replace(kept, StillTime), "id");
    }

    private static JsonNode Cut(JsonNode node)
    {
        if (node is JsonObject fields)
        {
            foreach (var (_, value) in fields)
            {
                if (value is not null)
                    Cut(value);
            }
        }
        if (node is JsonArray list)
        {
            // of positions all are kept, for an outline has to close
            var most =
                list.FirstOrDefault() is JsonObject ? MostItems
                : list.FirstOrDefault() is JsonValue first && first.GetValueKind() == JsonValueKind.String ? MostTexts
                : int.MaxValue;
            while (list.Count > most)
                list.RemoveAt(list.Count - 1);
            foreach (var item in list.OfType<JsonNode>())
                Cut(item);
        }
        return node;
    }

    private static void Still(JsonNode node)
    {
        if (node is JsonArray list)
        {
            foreach (var item in list.OfType<JsonNode>())
                Still(item);
        }
        if (node is not JsonObject fields)
            return;
        foreach (var (name, value) in fields.ToList())
        {
            if (Counters.Contains(name) && value is JsonValue)
                fields[name] = 0;
            else if (name == "runs")
                fields[name] = null;
            else if (value is not null)
                Still(value);
        }
    }

    /// <summary>What the community tells of is of the same instants each time; what happens while it is asked is not, nor until when the
    /// pack of a round looks ahead, nor what the database has of the machine's clock.</summary>
    private static string StillTime(Match instant) =>
        DateTimeOffset.Parse(instant.Value, CultureInfo.InvariantCulture) is var time
        && (IsInHour(time, after: 0) || IsInHour(time, after: 36) || time > DemoDay.Begin.AddMonths(6))
            ? "now"
            : instant.Value;

    private static bool IsInHour(DateTimeOffset time, double after) =>
        time >= DemoDay.Begin.AddHours(after) && time < DemoDay.Begin.AddHours(after + 1);

    [GeneratedRegex(
        """(?<kind>sm_|whsec_)[\w+/=-]{16,}|(?<!\w)(?:[A-Z2-7]{32}|[A-Z2-7]{16})(?!\w)""",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Secret();

    /// <summary>Tokens of passes and public keys: no secrets, and others in each deployment.</summary>
    [GeneratedRegex(
        """(?<kind>SMP1:)(?:[0-9A-Z $%*+./:-]|\\u002B)+|(?<kind>"publicKey":")(?:[\w/=+]|\\u002B)+""",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Signed();

    [GeneratedRegex("""\[\s+-?[\d.eE+-]+(?:,\s+-?[\d.eE+-]+)*\s+\]""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Numbers();

    [GeneratedRegex("""\s+""", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blank();

    [GeneratedRegex(
        """\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)""",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Instant();

    [GeneratedRegex(
        """[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<="X-)[0-9a-f]{16}|(?<=\?v=)[0-9a-f-]+""",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Id();
}
