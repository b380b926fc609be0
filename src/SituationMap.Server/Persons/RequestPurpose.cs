using SituationMap.Core;
using SituationMap.Store.Persons;

namespace SituationMap.Server.Persons;

internal static class RequestPurpose
{
    /// <summary>The header that holds the note where there is no body: percent-encoded UTF-8. In the address it would be in every
    /// log.</summary>
    public const string NoteHeader = "Purpose-Note";

    /// <summary>Reads it from a query's parameter and the header, of requests without a body.</summary>
    public static (Purpose? Purpose, Fault? Fault) Read(HttpRequest request, string? kind)
    {
        var note = request.Headers[NoteHeader].ToString();
        try
        {
            return Purpose.Read(kind, note.Length == 0 ? null : Uri.UnescapeDataString(note));
        }
        catch (UriFormatException)
        {
            return (null, new Fault("value-wrong", NoteHeader, "percent-encoded UTF-8"));
        }
    }
}
