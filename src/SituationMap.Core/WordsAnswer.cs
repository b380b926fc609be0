namespace SituationMap.Core;

/// <summary>A sentence in each language the interface speaks.</summary>
public sealed record WordsAnswer(
    [property: System.Text.Json.Serialization.JsonPropertyName("zh-CN")] string Chinese,
    [property: System.Text.Json.Serialization.JsonPropertyName("en")] string English)
{
    public static WordsAnswer Of(LocalText text) => new(text.Zh, text.En);
}
