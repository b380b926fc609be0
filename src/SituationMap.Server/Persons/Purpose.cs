using SituationMap.Server.Http;

namespace SituationMap.Server.Persons;

/// <summary>What a look at what is known of persons is for; kept in the audit record.</summary>
/// <param name="Kind">One of <see cref="Kinds"/>.</param>
/// <param name="Note">In the caller's own words.</param>
internal sealed record Purpose(string Kind, string? Note)
{
    /// <summary>The header that holds the note where there is no body: percent-encoded UTF-8. In the address it would be in every log.</summary>
    public const string NoteHeader = "Purpose-Note";

    public const string SubjectRequest = "subject-request";

    private const string Other = "other";
    private const int MostNote = 200;

    public static readonly IReadOnlyList<string> Kinds = ["contact-tracing", "visit", "medical-care", "supplies", "correction", SubjectRequest, Other];

    /// <summary>Reads it from a query's parameter and the header, of requests without a body.</summary>
    public static (Purpose? Purpose, Fault? Fault) Read(HttpRequest request, string? kind)
    {
        var note = request.Headers[NoteHeader].ToString();
        try
        {
            return Read(kind, note.Length == 0 ? null : Uri.UnescapeDataString(note));
        }
        catch (UriFormatException)
        {
            return (null, new Fault("value-wrong", NoteHeader, "percent-encoded UTF-8"));
        }
    }

    public static (Purpose? Purpose, Fault? Fault) Read(string? kind, string? note)
    {
        if (kind is null || !Kinds.Contains(kind))
            return (null, new Fault(kind is null ? "field-missing" : "value-wrong", "purpose", $"what it is for, one of {string.Join(", ", Kinds)}"));
        if (note is { Length: > MostNote } || note?.Contains('\0', StringComparison.Ordinal) == true || (kind == Other && string.IsNullOrWhiteSpace(note)))
            return (null, new Fault("value-wrong", "note", $"more about the purpose, at most {MostNote} characters; needed with other"));
        if (note is not null && PersonalNumbers.AreIn(note))
            return (null, new Fault("personal-data", "note", "a text without phone or identity numbers: the record is kept for good"));
        return (new Purpose(kind, string.IsNullOrWhiteSpace(note) ? null : note.Trim()), null);
    }

    public override string ToString() => Note is null ? Kind : $"{Kind}: {Note}";
}
