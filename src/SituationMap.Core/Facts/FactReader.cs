using System.Text.Json;
using System.Text.RegularExpressions;
using SituationMap.Core.Json;
using SituationMap.Core.Persons;

namespace SituationMap.Core.Facts;

/// <summary>Reads one fact from JSON and says precisely what is wrong with it otherwise. Touches nothing outside its arguments.</summary>
public static partial class FactReader
{
    /// <summary>A clock at the door may run ahead of ours by this much.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A clock may be as wrong as it likes; the first and the last day are what infinity is in the store.</summary>
    private static readonly (DateTimeOffset First, DateTimeOffset Last) AnyClock = (
        DateTimeOffset.MinValue.AddDays(1),
        DateTimeOffset.MaxValue.AddDays(-1)
    );

    private static readonly HashSet<string> Fields = ["id", "kind", "household", "person", "at", "clock", "source", "data"];

    /// <summary>The names of all kinds in JSON and SQL.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetNames<FactKind>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    private static readonly Dictionary<string, FactKind> Kinds = Enum.GetValues<FactKind>().ToDictionary(Name);

    /// <summary>A kind's name in JSON and SQL.</summary>
    public static string Name(FactKind kind) => Names[(int)kind];

    /// <summary>The kind of that name.</summary>
    /// <exception cref="KeyNotFoundException">It is none of <see cref="Names"/>.</exception>
    public static FactKind KindOf(string name) => Kinds[name];

    /// <summary>The fault of text that PostgreSQL cannot store, or that is none; null where there is none of it.</summary>
    public static Fault? Unstorable(JsonElement item) =>
        JsonText.FirstUnstorable(item) is { } field
            ? new Fault("text-invalid", field, "text of valid Unicode characters without U+0000")
            : null;

    /// <summary>Reads item <paramref name="index"/>; either a report or a fault, and the id wherever it was readable.</summary>
    public static (FactReport? Report, Guid? Id, Fault? Fault) Read(JsonElement item, int index, DateTimeOffset now)
    {
        if (item.ValueKind != JsonValueKind.Object)
            return (null, null, new Fault("type-wrong", "body", "a JSON object, the fact"));
        // first of all
        if (Unstorable(item) is { } unstorable)
            return (null, null, unstorable);

        var fields = new JsonFields(item);
        var id = fields.Uuid("id");
        var kind = fields.OneOf("kind", Kinds);
        var household = fields.Text("household", 64);
        var person = fields.OptionalText("person", 64);
        var at = fields.Instant("at", Earliest, now + ClockTolerance);
        DateTimeOffset? own = fields.Has("clock") ? fields.Instant("clock", AnyClock.First, AnyClock.Last) : null;
        var source = fields.Text("source", 100);
        if (fields.Fault is null && !SourcePattern().IsMatch(source))
            fields.Refuse("source", "value-wrong", "who reports, as grid:…, checkpoint:…, person:…, resident:… or system:…");
        if (fields.Fault is null && PersonalNumbers.AreIn(source))
            fields.Refuse("source", "personal-data", "an account or a code, no phone or identity number");
        var data = fields.OptionalObject("data");
        fields.RefuseOthersThan(Fields);
        if (fields.Fault is null && FactSchema.Check(kind, data, now) is { } dataFault)
            fields.Refuse(dataFault);
        if (fields.Fault is null && kind is FactKind.Temperature or FactKind.Test or FactKind.Contact && person is null)
            fields.Refuse("person", "field-missing", "the code of the member concerned");
        return fields.Fault is { } fault
            ? (null, id == Guid.Empty ? null : id, fault)
            : (new FactReport(index, id, kind, household, person, at, source, data, own), id, null);
    }

    [GeneratedRegex(
        @"^(grid|checkpoint|person|resident|system):[\p{L}\p{N}._@/-]+$",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture
    )]
    private static partial Regex SourcePattern();
}
