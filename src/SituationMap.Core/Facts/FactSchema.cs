using System.Text.Json;
using SituationMap.Core.Json;
using SituationMap.Core.Persons;

namespace SituationMap.Core.Facts;

/// <summary>
/// The fields that the <c>data</c> of each kind of fact must and may have: what is taken in, what the API describes, and what the database
/// lets in (<c>FactFieldsSql</c>) follow from here.
/// </summary>
public static class FactSchema
{
    /// <summary>The field by which a decision confirms that of somebody else.</summary>
    public const string Confirms = "confirms";

    /// <summary>The field by which an order is only proposed: it has no effect until a second person confirms it.</summary>
    public const string Proposed = "proposed";

    /// <summary>The field of an assignment that names what is to be done; without it everything at the household is meant.</summary>
    internal const string Work = "work";

    private const string To = "to";

    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly FactField Celsius = new("celsius", FactFieldType.Number) { Min = 30, Max = 45 };
    private static readonly FactField Reason = new("reason", FactFieldType.OwnWords) { MaxLength = 500 };
    private static readonly FactField Note = Reason with { Name = "note" };
    private static readonly FactField Until = new("until", FactFieldType.Instant) { IsRequired = false, MayLieAhead = true };
    private static readonly FactField Serial = new("serial", FactFieldType.WholeNumber) { Min = 1, Max = int.MaxValue };
    private static readonly FactField Gate = new("checkpoint", FactFieldType.Checkpoint) { MaxLength = 64 };
    private static readonly FactField Way = Choice("direction", "in", "out");
    private static readonly FactField Members = new("members", FactFieldType.WholeNumber) { Max = 99 };

    private static readonly FactField Present = new("present", FactFieldType.WholeNumber)
    {
        Max = 99,
        IsRequired = false,
        NoMoreThan = Members.Name,
    };

    /// <summary>Whether the case is among the strictly isolated, and what its spread was assessed as: it may not reset a zone's
    /// clock.</summary>
    private static readonly FactField[] Spread =
    [
        new("isolated", FactFieldType.Boolean) { IsRequired = false },
        Choice("spread", "none", "possible") with
        {
            IsRequired = false,
        },
    ];

    private static readonly Dictionary<FactKind, FactField[]> Fields = new()
    {
        [FactKind.Survey] = [Members, Present],
        [FactKind.Departed] = [PublicText("to", isRequired: false)],
        [FactKind.Returned] =
        [
            PublicText("from", isRequired: false),
            Choice("risk", "high", "medium", "low"),
            new("leftRiskAreaAt", FactFieldType.Instant) { IsRequired = false },
        ],
        [FactKind.Contact] = [new("degree", FactFieldType.WholeNumber) { Min = 1, Max = 2 }, new("lastExposure", FactFieldType.Instant)],
        [FactKind.Case] = [new("confirmed", FactFieldType.Boolean), .. Spread],
        [FactKind.Order] =
        [
            Choice("measure", "quarantine", "observation"),
            new("days", FactFieldType.WholeNumber)
            {
                Min = 1,
                Max = 365,
                IsRequired = false,
                OrElse = Until.Name,
            },
            Until,
            PublicText("document", isRequired: false),
            PublicText("authority", isRequired: false),
            PublicText("legal", isRequired: false),
            new(Proposed, FactFieldType.Boolean) { IsRequired = false },
            new(Confirms, FactFieldType.Fact) { IsRequired = false },
        ],
        [FactKind.Release] = [new("order", FactFieldType.Fact)],
        [FactKind.Temperature] = [Celsius],
        [FactKind.Test] = [Choice("result", "positive", "negative"), .. Spread],
        [FactKind.Passage] = [Gate, Way, Celsius with { IsRequired = false }],
        [FactKind.Override] =
        [
            Choice("status", "healthy", "out", "observed", "quarantined"),
            Reason,
            Until,
            new(Confirms, FactFieldType.Fact) { IsRequired = false },
        ],
        [FactKind.Retraction] = [new("fact", FactFieldType.Fact), Reason],
        [FactKind.Visit] =
        [
            Choice("outcome", "met", "nobody", "refused", "moved"),
            Choice("by", "door", "phone", "video"),
            Members with
            {
                IsRequired = false,
            },
            Present,
            new("next", FactFieldType.Instant) { IsRequired = false, MayLieAhead = true },
        ],
        [FactKind.Circumstance] =
        [
            Choice("what", "livesAlone", "childAlone", "over80", "dependent", "chronic", "pregnant", "hardship", "noPhone") with
            {
                IsOfMembers = true,
            },
            Until,
        ],
        [FactKind.Need] =
        [
            Choice("what", "food", "medicine", "doctor", "transport", "care", "child", "money", "talk", "other"),
            Choice("urgency", "now", "today", "days"),
            Note with
            {
                IsRequired = false,
            },
        ],
        [FactKind.Served] = [new("need", FactFieldType.Fact), Choice("outcome", "done", "partly", "refused")],
        [FactKind.Facility] = [Choice("where", "hospital", "hotel", "other"), PublicText("code", isRequired: false), Until],
        [FactKind.Undertaking] = [Choice("signed", "paper", "page")],
        [FactKind.Objection] = [new("about", FactFieldType.Fact) { IsRequired = false }, Note],
        [FactKind.Answered] =
        [
            new("objection", FactFieldType.Fact),
            Choice("outcome", "granted", "refused", "explained"),
            PublicText("legal", isRequired: false),
        ],
        [FactKind.Purchase] =
        [
            Choice("what", "antipyretic", "cough", "antibiotic") with
            {
                IsOfMembers = true,
            },
            PublicText("shop", isRequired: false),
        ],
        [FactKind.BackToWork] = [PublicText("at") with { IsOfMembers = true }],
        [FactKind.Pass] =
        [
            Serial,
            Choice("kind", "resident", "worker", "carer"),
            new("from", FactFieldType.Instant) { MayLieAhead = true },
            new("to", FactFieldType.Instant) { MayLieAhead = true },
        ],
        [FactKind.PassEnd] = [Serial, Choice("why", "replaced", "lost", "misused", "moved", "other")],
        [FactKind.Crossing] =
        [
            Gate,
            Way,
            Choice("who", "visitor", "courier", "vehicle", "worker"),
            Celsius with
            {
                IsRequired = false,
            },
            Choice("outcome", "go", "stop", "refer"),
        ],
        [FactKind.Assignment] = [new(Work, FactFieldType.Work) { IsRequired = false }, PublicText(To, isRequired: false)],
        [FactKind.Declaration] = [Choice("what", "returned", "departed", "symptoms"), PublicText("from", isRequired: false)],
    };

    // by kind: statuses ask for references often
    private static readonly FactField?[] References = OfType(FactFieldType.Fact);
    private static readonly FactField?[] Checkpoints = OfType(FactFieldType.Checkpoint);
    private static readonly FactField?[] Words = OfType(FactFieldType.OwnWords);

    /// <summary>The fields of a kind, in the order in which they are checked.</summary>
    public static IReadOnlyList<FactField> Of(FactKind kind) => Fields[kind];

    /// <summary>The first fault in the data of a fact of this kind, its field prefixed with <c>data.</c>; null where there is
    /// none.</summary>
    public static Fault? Check(FactKind kind, JsonElement data, DateTimeOffset now)
    {
        var fields = new JsonFields(data, "data.");
        foreach (var field in Fields[kind])
        {
            if (field.OrElse is { } other && fields.Has(field.Name) == fields.Has(other))
                fields.Refuse(field.Name, "field-missing", $"either {field.Name} or {other}, not both");
            if (field.IsRequired || fields.Has(field.Name))
                Check(fields, field, now);
        }
        fields.RefuseOthersThan([.. Fields[kind].Select(field => field.Name)]);
        return fields.Fault;
    }

    /// <summary>Whether a fact tells that somebody was met and how many live there.</summary>
    internal static bool IsSurvey(Fact fact) =>
        fact.Kind == FactKind.Survey
        || (
            fact.Kind == FactKind.Visit && FactData.Text(fact.Data, "outcome") == "met" && FactData.Number(fact.Data, "members") is not null
        );

    /// <summary>Whether the data tell of the members what only those are told who may see them.</summary>
    public static bool IsOfMembers(FactKind kind) => Array.Exists(Fields[kind], field => field.IsOfMembers);

    /// <summary>Whether it matters of a fact of this kind who else had a hand in the account that brought it.</summary>
    public static bool TakesTwo(FactKind kind) => kind is FactKind.Override or FactKind.Order or FactKind.Answered;

    /// <summary>To which account an assignment's data give what is to be done; null: to nobody any more.</summary>
    public static string? AssignedTo(JsonElement data) => FactData.Text(data, To);

    /// <summary>The name of the field of somebody's own words; null: the kind has none.</summary>
    public static string? OwnWords(FactKind kind) => Words[(int)kind]?.Name;

    /// <summary>The fact that the data refer to, where the kind refers to one: its field and id.</summary>
    public static (string Field, Guid Fact)? Reference(FactKind kind, JsonElement data) =>
        References[(int)kind] is { } field && FactData.Id(data, field.Name) is { } id ? (field.Path, id) : null;

    /// <summary>The checkpoint that checked data name, where the kind names one: its field and code.</summary>
    public static (string Field, string Code)? Checkpoint(FactKind kind, JsonElement data) =>
        Checkpoints[(int)kind] is { } field ? (field.Path, data.GetProperty(field.Name).GetString()!) : null;

    private static FactField?[] OfType(FactFieldType type) =>
        [.. Enum.GetValues<FactKind>().Select(kind => Array.Find(Fields[kind], field => field.Type == type))];

    private static void Check(JsonFields fields, FactField field, DateTimeOffset now)
    {
        switch (field.Type)
        {
            case FactFieldType.Checkpoint:
            case FactFieldType.OwnWords:
                fields.Text(field.Name, field.MaxLength);
                break;
            case FactFieldType.PublicText:
                if (PersonalNumbers.AreIn(fields.Text(field.Name, field.MaxLength)))
                    fields.Refuse(field.Name, "personal-data", "a place or a few words, without phone or identity numbers");
                break;
            case FactFieldType.Choice:
                fields.OneOf(field.Name, field.Choices);
                break;
            case FactFieldType.WholeNumber:
                var max = field.NoMoreThan is { } other && fields.Fault is null ? fields.WholeNumber(other, 0, field.Max) : field.Max;
                fields.WholeNumber(field.Name, field.Min, max);
                break;
            case FactFieldType.Number:
                fields.Number(field.Name, field.Min, field.Max);
                break;
            case FactFieldType.Boolean:
                fields.Boolean(field.Name);
                break;
            case FactFieldType.Instant:
                fields.Instant(field.Name, Earliest, field.MayLieAhead ? now.AddYears(2) : now + FactReader.ClockTolerance);
                break;
            case FactFieldType.Fact or FactFieldType.Work:
                fields.Uuid(field.Name);
                break;
        }
    }

    private static FactField PublicText(string name, bool isRequired = true) =>
        new(name, FactFieldType.PublicText) { IsRequired = isRequired, MaxLength = 100 };

    private static FactField Choice(string name, params string[] choices) =>
        new(name, FactFieldType.Choice) { Choices = choices.ToDictionary(choice => choice) };
}
