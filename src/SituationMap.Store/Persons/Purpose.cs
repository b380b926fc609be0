using SituationMap.Core;
using SituationMap.Core.Persons;

namespace SituationMap.Store.Persons;

/// <summary>What a look at what is known of persons is for; kept in the audit record.</summary>
/// <param name="Kind">One of <see cref="Kinds"/>.</param>
/// <param name="Note">In the caller's own words.</param>
public sealed record Purpose(string Kind, string? Note)
{
    public const string SubjectRequest = "subject-request";

    private const string Other = "other";
    private const int MaxNote = 200;

    public static readonly IReadOnlyList<string> Kinds =
    [
        "contact-tracing",
        "visit",
        "medical-care",
        "supplies",
        "correction",
        SubjectRequest,
        Other,
    ];

    public static (Purpose? Purpose, Fault? Fault) Read(string? kind, string? note)
    {
        if (kind is null || !Kinds.Contains(kind))
            return (
                null,
                new Fault(kind is null ? "field-missing" : "value-wrong", "purpose", $"what it is for, one of {string.Join(", ", Kinds)}")
            );
        if (
            note is { Length: > MaxNote }
            || note?.Contains('\0', StringComparison.Ordinal) == true
            || (kind == Other && string.IsNullOrWhiteSpace(note))
        )
            return (null, new Fault("value-wrong", "note", $"more about the purpose, at most {MaxNote} characters; needed with other"));
        if (note is not null && PersonalNumbers.AreIn(note))
            return (null, new Fault("personal-data", "note", "a text without phone or identity numbers: the record is kept for good"));
        return (new Purpose(kind, string.IsNullOrWhiteSpace(note) ? null : note.Trim()), null);
    }

    public override string ToString() => Note is null ? Kind : $"{Kind}: {Note}";
}
