using System.Text.Json;

namespace SituationMap.Core.Protocols;

/// <summary>Reads the rules of gates in an edition of work.</summary>
internal static class GateReader
{
    private static readonly (string, PassFault)[] Faults = Names<PassFault>();

    public static GateEdition Read(JsonCursor json)
    {
        var refused = new Dictionary<PassFault, LocalText>();
        var words = json.Required("refused", "what is said of passes that do not count");
        foreach (var (name, fault) in Faults)
            if (words?.Required(name, $"what is said of a pass that is {name}")?.LocalText() is { } text)
                refused[fault] = text;
        words?.NothingElse();
        var gate = new GateEdition(
            [.. json.Required("stays", "the statuses of which nobody goes out")?.Items().Select(RuleReader.ReadStatus) ?? []],
            [.. json.Required("rules", "the rules, the first that applies decides")?.Items().Select(ReadRule) ?? []],
            refused
        );
        foreach (var repeated in gate.Rules.GroupBy(rule => rule.Id).Where(group => group.Count() > 1))
            json.Complain($"two rules have the id '{repeated.Key}'");
        if (gate.Rules.Count == 0 || !gate.Rules[^1].IsUnconditional)
            json.Complain("somebody could be left without a decision; a last rule without 'when' was expected");
        if (gate.Rules.SkipLast(1).FirstOrDefault(rule => rule.IsUnconditional) is { } early)
            json.Complain($"no rule after '{early.Id}' would ever apply; 'when' was expected in it");
        json.NothingElse();
        return gate;
    }

    private static GateRule ReadRule(JsonCursor json)
    {
        var when = json.Optional("when");
        var between = when?.Optional("between");
        var rule = new GateRule
        {
            Id = json.Required("id", "the rule's id")?.Text("the rule's id") ?? "",
            Published = RuleReader.ReadSource(json),
            Direction = when?.Optional("direction")?.OneOf(Names<GateDirection>()),
            Kinds = [.. when?.Optional("kinds")?.Items().Select(item => item.OneOf(Names<PassKind>())) ?? []],
            Purpose = when?.Optional("purpose")?.OneOf(("doctor", GatePurpose.Doctor)),
            Stays = when?.Optional("stays")?.YesNo(),
            CelsiusOver = when?.Optional("celsiusOver") is { } celsius ? ReadCelsius(celsius) : null,
            Between = between is null ? null : (ReadMinutes(between, "from"), ReadMinutes(between, "to")),
            OutWithinDays = when?.Optional("outWithinDays")?.WholeNumber(1, 60),
            Decision = json.Required("decision", "go, stop or refer")?.OneOf(Names<GateDecision>()) ?? default,
            Words = json.Required("words", "the sentence that says why")?.LocalText() ?? new LocalText("", ""),
        };
        if (rule.Between is var (from, to) && from == to)
            between!.Complain("it must end at another time than it begins");
        between?.NothingElse();
        when?.NothingElse();
        json.Optional("note")?.LocalText();
        json.NothingElse();
        return rule;
    }

    private static int ReadMinutes(JsonCursor json, string name) =>
        json.Required(name, "a time of day such as 06:00") is { } time ? (int)RuleReader.ReadTime(time).ToTimeSpan().TotalMinutes : 0;

    private static double ReadCelsius(JsonCursor json)
    {
        if (json.Element.ValueKind == JsonValueKind.Number && json.Element.TryGetDouble(out var celsius) && celsius is >= 30 and <= 45)
            return celsius;
        json.Expect("a temperature from 30 to 45");
        return 45;
    }

    private static (string, T)[] Names<T>()
        where T : struct, Enum =>
        [.. Enum.GetValues<T>().Select(value => (JsonNamingPolicy.CamelCase.ConvertName(value.ToString()), value))];
}
