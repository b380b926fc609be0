using System.Text.Json.Nodes;

namespace SituationMap.Server.ApiDescription;

/// <summary>The examples of answers: a file for each operation and media type, recorded from a real server and compared with it by a
/// test.</summary>
internal static class RecordedExamples
{
    public const string ProblemType = "application/problem+json";

    private static readonly Dictionary<string, string> Extensions = new()
    {
        ["application/json"] = "json",
        ["application/geo+json"] = "geojson",
        ["application/schema+json"] = "schema.json",
        [ProblemType] = "json",
        ["application/x-ndjson"] = "ndjson",
        ["text/csv"] = "csv",
    };

    /// <summary>The name of the file with an answer of that type; null: such answers are not recorded, for they are pictures, pages or
    /// never end.</summary>
    /// <param name="name">The operation's id, or of a problem <c>problem</c> and its status.</param>
    public static string? FileOf(string name, string mediaType) =>
        Extensions.TryGetValue(mediaType, out var extension) ? $"{name}.{extension}" : null;

    /// <summary>The recorded answer: JSON, or any other text; null where there is none.</summary>
    public static JsonNode? Read(string name, string mediaType)
    {
        if (
            FileOf(name, mediaType) is not { } file
            || typeof(RecordedExamples).Assembly.GetManifestResourceStream($"examples/{file}") is not { } stream
        )
            return null;
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        return file.EndsWith("json", StringComparison.Ordinal) && !file.EndsWith(".ndjson", StringComparison.Ordinal)
            ? JsonNode.Parse(text)
            : text;
    }
}
