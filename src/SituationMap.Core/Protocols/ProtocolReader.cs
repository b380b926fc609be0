using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;

namespace SituationMap.Core.Protocols;

/// <summary>What reading a plan gave: the plan, or what is wrong with the files.</summary>
/// <param name="Plan">The plan; null where there is an error.</param>
/// <param name="Errors">Each as <c>file/path: what was expected</c>.</param>
public sealed record ProtocolReading(ProtocolPlan? Plan, IReadOnlyList<string> Errors);

/// <summary>
/// Reads protocol plans and editions, of protocols and of work. Takes texts, not a folder: whoever calls it has read the files, with their
/// names relative to the folder of protocols and forward slashes, such as <c>2020-02.json</c> and <c>plans/demo.json</c>; those of work
/// as <c>work/community.json</c>.
/// </summary>
public static class ProtocolReader
{
    /// <summary>What the names of the editions of work begin with.</summary>
    public const string WorkFolder = "work/";

    /// <summary>Reads a plan with all editions it names.</summary>
    /// <param name="files">Name → text of every file in the folder; those not needed are left aside.</param>
    /// <param name="plan">The plan's name: <c>demo</c> for <c>plans/demo.json</c>.</param>
    /// <param name="timeZone">The time zone in which days are counted; null: the plan's own.</param>
    public static ProtocolReading Read(IReadOnlyDictionary<string, string> files, string plan, TimeZoneInfo? timeZone = null)
    {
        var errors = new List<string>();
        var file = $"plans/{plan}.json";
        if (!files.TryGetValue(file, out var text))
            return new ProtocolReading(null, [$"{file}: a plan of that name was expected; there are {Names(files)}"]);
        var read = JsonCursor.Open(file, text, errors) is { } json ? ReadPlan(json, plan, files, timeZone, errors) : null;
        return errors.Count == 0 ? new ProtocolReading(read, []) : new ProtocolReading(null, [.. errors.Distinct()]);
    }

    /// <summary>Reads every plan and every edition, also those no plan uses; gives what is wrong with them.</summary>
    /// <param name="files">Name → text of every file in the folder; files that are not JSON and the schema are left aside.</param>
    public static IReadOnlyList<string> Check(IReadOnlyDictionary<string, string> files)
    {
        var errors = new List<string>();
        foreach (var name in files.Keys.Order(StringComparer.Ordinal))
        {
            if (!name.EndsWith(".json", StringComparison.Ordinal) || name.EndsWith(".schema.json", StringComparison.Ordinal))
                continue;
            if (name.StartsWith("plans/", StringComparison.Ordinal))
                errors.AddRange(Read(files, name["plans/".Length..^".json".Length]).Errors);
            else if (name.StartsWith(WorkFolder, StringComparison.Ordinal))
                ReadWork(name, files, [], errors);
            else if (!IsIncluded(files[name]))
                ReadEdition(name, files, [], errors);
        }
        return [.. errors.Distinct()];
    }

    private static ProtocolPlan? ReadPlan(
        JsonCursor json,
        string plan,
        IReadOnlyDictionary<string, string> files,
        TimeZoneInfo? timeZone,
        List<string> errors
    )
    {
        var id = json.Required("id", "the plan's id")?.Text("the plan's id") ?? "";
        if (id != plan)
            json.Complain($"the id of the file's name was expected, found '{id}'");
        var name = json.Required("name", "the plan's name")?.LocalText() ?? new LocalText("", "");
        var own = ReadTimeZone(json.Required("timeZone", "a time zone such as Asia/Shanghai"));
        var zone = timeZone ?? own;
        var carryOver = json.Optional("carryOver")?.OneOf(("shorter", CarryOver.Shorter), ("old", CarryOver.Old)) ?? CarryOver.Shorter;
        var without = json.Optional("withoutCounterpart")?.OneOf(("ends", WithoutCounterpart.Ends), ("runsOut", WithoutCounterpart.RunsOut))
            ?? WithoutCounterpart.Ends;
        var days = new LocalDays(zone);
        var editions = json.Required("editions", "the editions, in the order in which they come into force");
        var spans = ReadSpans(editions, "", days, files, errors);
        if (spans.Count == 0)
            errors.Add($"{json.Path}editions: at least one edition was expected");
        var workSpans = ReadSpans(json.Optional("work"), WorkFolder, days, files, errors);
        var overlays = ReadOverlays(json);
        json.NothingElse();
        if (errors.Count > 0)
            return null;

        ProtocolPlan With(List<Overlay> values, Dictionary<string, ProtocolPlan> below) =>
            new(
                id,
                name,
                zone,
                carryOver,
                without,
                [
                    .. spans.Select(span =>
                        (span.From, ReadEdition(span.File, files, values.FindAll(value => value.File == span.File), errors)!)
                    ),
                ],
                [
                    .. workSpans.Select(span =>
                        (span.From, ReadWork(span.File, files, values.FindAll(value => value.File == span.File), errors)!)
                    ),
                ],
                below
            );

        // An overlaid grid keeps what the grids above it overlay, and adds its own after it.
        var plans = overlays
            .Select(overlay => overlay.Grid)
            .Distinct()
            .ToDictionary(
                grid => grid,
                grid => With([.. overlays.Where(overlay => IsWithin(grid, overlay.Grid)).OrderBy(overlay => overlay.Grid.Length)], [])
            );
        foreach (var overlay in overlays.Where(overlay => !spans.Concat(workSpans).Any(span => span.File == overlay.File)))
            errors.Add($"{overlay.At}: an edition of this plan was expected");
        var whole = With([], plans);
        return errors.Count == 0 ? whole : null;
    }

    /// <summary>Reads which edition comes into force when; <paramref name="folder"/> is that of their files, with the slash after
    /// it.</summary>
    private static List<(long From, string File)> ReadSpans(
        JsonCursor? json,
        string folder,
        LocalDays days,
        IReadOnlyDictionary<string, string> files,
        List<string> errors
    )
    {
        var spans = new List<(long From, string File)>();
        foreach (var item in json?.Items() ?? [])
        {
            var edition = item.Required("edition", "an edition's id");
            var file = folder + edition?.Text("an edition's id") + ".json";
            var from = item.Required("from", "when it comes into force");
            if (!FactData.TryInstant(from?.Text("a date or an instant") ?? "", days, out var instant))
                from?.Expect("a date (local midnight) or an instant with its offset");
            if (!files.ContainsKey(file))
                edition?.Complain($"the file {file} was expected");
            if (spans.Count > 0 && instant <= spans[^1].From)
                item.Complain("editions come into force one after the other; a later time was expected");
            item.NothingElse();
            spans.Add((instant, file));
        }
        return spans;
    }

    private static Edition? ReadEdition(string file, IReadOnlyDictionary<string, string> files, List<Overlay> overlays, List<string> errors)
    {
        if (Open(file, files, overlays, errors) is not { } json)
            return null;
        JsonCursor? common = null;
        if (json.Optional("include") is { } include)
        {
            var name = include.Text("a file");
            if (files.TryGetValue(name, out var text))
                common = JsonCursor.Open(name, text, errors);
            else
                include.Complain($"the file '{name}' was expected");
            common?.Optional("included");
        }
        var edition = EditionReader.Read(json, common);
        if (edition.Id + ".json" != file)
            json.Complain($"the id of the file's name was expected, found '{edition.Id}'");
        return edition;
    }

    private static WorkEdition? ReadWork(
        string file,
        IReadOnlyDictionary<string, string> files,
        List<Overlay> overlays,
        List<string> errors
    )
    {
        if (Open(file, files, overlays, errors) is not { } json)
            return null;
        var edition = WorkReader.Read(json);
        if (WorkFolder + edition.Id + ".json" != file)
            json.Complain($"the id of the file's name was expected, found '{edition.Id}'");
        return edition;
    }

    private static JsonCursor? Open(string file, IReadOnlyDictionary<string, string> files, List<Overlay> overlays, List<string> errors)
    {
        var plain = JsonCursor.Open(file, files[file], errors);
        return plain is null || overlays.Count == 0 ? plain : JsonCursor.Open(file, Overlaid(files[file], overlays, errors), errors);
    }

    private static List<Overlay> ReadOverlays(JsonCursor json)
    {
        var overlays = new List<Overlay>();
        foreach (var item in json.Optional("overlays")?.Items() ?? [])
        {
            var grid = item.Required("grid", "the code of a grid")?.Text("the code of a grid") ?? "";
            var work = item.Optional("work");
            var edition = work ?? item.Required("edition", "an edition's id");
            var file = (work is null ? "" : WorkFolder) + edition?.Text("an edition's id") + ".json";
            foreach (var (path, value) in item.Required("set", "the values, by their paths")?.Properties() ?? [])
            {
                if (value.Element.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                    value.Expect("a single value");
                overlays.Add(new Overlay(grid, file, path, value.Element, value.Path));
            }
            item.NothingElse();
        }
        return overlays;
    }

    /// <summary>The edition's text with single values replaced, found by paths such as <c>rules/fever/phases/0/days</c>.</summary>
    private static string Overlaid(string text, List<Overlay> overlays, List<string> errors)
    {
        var root = JsonNode.Parse(
            text,
            documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
        );
        foreach (var overlay in overlays)
        {
            var node = root;
            foreach (var step in overlay.Path.Split('/'))
                node = Step(node, step);
            if (node is JsonValue)
                node.ReplaceWith(JsonNode.Parse(overlay.Value.GetRawText()));
            else
                errors.Add($"{overlay.At}: the path of a single value in {overlay.File} was expected");
        }
        return root!.ToJsonString();
    }

    private static JsonNode? Step(JsonNode? node, string step) =>
        node switch
        {
            JsonObject inside => inside[step],
            JsonArray items when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var i) => i < items.Count
                ? items[i]
                : null,
            JsonArray items => items.FirstOrDefault(item => item is JsonObject named && named["id"]?.ToString() == step),
            _ => null,
        };

    private static TimeZoneInfo ReadTimeZone(JsonCursor? json)
    {
        if (json is null)
            return TimeZoneInfo.Utc;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(json.Text("a time zone"), out var zone))
            return zone;
        json.Expect("the name of a time zone that this machine knows, such as Asia/Shanghai");
        return TimeZoneInfo.Utc;
    }

    private static bool IsWithin(string grid, string area) =>
        grid == area || (grid.StartsWith(area, StringComparison.Ordinal) && grid[area.Length] == '-');

    /// <summary>Whether a file is there to be included by editions; such a file says <c>"included": true</c>.</summary>
    private static bool IsIncluded(string text) =>
        JsonCursor.Open("", text, []) is { Element.ValueKind: JsonValueKind.Object } json && json.Optional("included") is not null;

    private static string Names(IReadOnlyDictionary<string, string> files) =>
        string.Join(
            ", ",
            files
                .Keys.Where(name => name.StartsWith("plans/", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(name => name["plans/".Length..^".json".Length])
        );

    private sealed record Overlay(string Grid, string File, string Path, JsonElement Value, string At);
}
