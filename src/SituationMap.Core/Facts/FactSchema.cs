using System.Text.Json;
using SituationMap.Core.Json;
using SituationMap.Core.Persons;

namespace SituationMap.Core.Facts;

/// <summary>The fields that the <c>data</c> of each kind of fact must and may have.</summary>
public static class FactSchema
{
    private static readonly Dictionary<string, string> Risks = Same("high", "medium", "low");
    private static readonly Dictionary<string, string> Measures = Same("quarantine", "observation");
    private static readonly Dictionary<string, string> Results = Same("positive", "negative");
    private static readonly Dictionary<string, string> Spreads = Same("none", "possible");
    private static readonly Dictionary<string, string> Directions = Same("in", "out");
    private static readonly Dictionary<string, string> Statuses = Same("healthy", "out", "observed", "quarantined");
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The first fault in the data of a fact of this kind, its field prefixed with <c>data.</c>; null where there is
    /// none.</summary>
    public static Fault? Check(FactKind kind, JsonElement data, DateTimeOffset now)
    {
        var soon = now + FactReader.ClockTolerance;
        var farthest = now.AddYears(2);
        var fields = new JsonFields(data, "data.");
        string[] known = [];
        switch (kind)
        {
            case FactKind.Survey:
                known = ["members", "present"];
                var members = fields.WholeNumber("members", 0, 99);
                if (fields.Has("present"))
                    fields.WholeNumber("present", 0, fields.Fault is null ? members : 99);
                break;
            case FactKind.Departed:
                known = ["to"];
                Place(fields, "to");
                break;
            case FactKind.Returned:
                known = ["from", "risk", "leftRiskAreaAt"];
                Place(fields, "from");
                fields.OneOf("risk", Risks);
                if (fields.Has("leftRiskAreaAt"))
                    fields.Instant("leftRiskAreaAt", Earliest, soon);
                break;
            case FactKind.Contact:
                known = ["degree", "lastExposure"];
                fields.WholeNumber("degree", 1, 2);
                fields.Instant("lastExposure", Earliest, soon);
                break;
            case FactKind.Case:
                known = ["confirmed", "isolated", "spread"];
                fields.Boolean("confirmed");
                CheckSpread(fields);
                break;
            case FactKind.Order:
                known = ["measure", "days", "until"];
                fields.OneOf("measure", Measures);
                if (fields.Has("days") == fields.Has("until"))
                    fields.Refuse("days", "field-missing", "either days or until, not both");
                else if (fields.Has("days"))
                    fields.WholeNumber("days", 1, 365);
                else
                    fields.Instant("until", Earliest, farthest);
                break;
            case FactKind.Release:
                known = ["order"];
                fields.Uuid("order");
                break;
            case FactKind.Temperature:
                known = ["celsius"];
                fields.Number("celsius", 30, 45);
                break;
            case FactKind.Test:
                known = ["result", "isolated", "spread"];
                fields.OneOf("result", Results);
                CheckSpread(fields);
                break;
            case FactKind.Passage:
                known = ["checkpoint", "direction", "celsius"];
                fields.Text("checkpoint", 64);
                fields.OneOf("direction", Directions);
                if (fields.Has("celsius"))
                    fields.Number("celsius", 30, 45);
                break;
            case FactKind.Override:
                known = ["status", "reason", "until", "confirms"];
                fields.OneOf("status", Statuses);
                fields.Text("reason", 500);
                if (fields.Has("until"))
                    fields.Instant("until", Earliest, farthest);
                if (fields.Has("confirms"))
                    fields.Uuid("confirms");
                break;
            case FactKind.Retraction:
                known = ["fact", "reason"];
                fields.Uuid("fact");
                fields.Text("reason", 500);
                break;
        }
        fields.RefuseOthersThan(known);
        return fields.Fault;
    }

    /// <summary>Whether the case is among the strictly isolated, and what its spread was assessed as: it may not reset a zone's
    /// clock.</summary>
    private static void CheckSpread(JsonFields fields)
    {
        if (fields.Has("isolated"))
            fields.Boolean("isolated");
        if (fields.Has("spread"))
            fields.OneOf("spread", Spreads);
    }

    /// <summary>The fact that the data refer to, where the kind refers to one: its field and id.</summary>
    public static (string Field, Guid Fact)? Reference(FactKind kind, JsonElement data) =>
        kind switch
        {
            FactKind.Release => ("data.order", data.GetProperty("order").GetGuid()),
            FactKind.Retraction => ("data.fact", data.GetProperty("fact").GetGuid()),
            FactKind.Override when data.TryGetProperty("confirms", out var confirms) => ("data.confirms", confirms.GetGuid()),
            _ => null,
        };

    private static void Place(JsonFields fields, string name)
    {
        if (fields.OptionalText(name, 100) is { } place && PersonalNumbers.AreIn(place))
            fields.Refuse(name, "personal-data", "a place, without phone or identity numbers");
    }

    private static Dictionary<string, string> Same(params string[] names) => names.ToDictionary(name => name);
}
