namespace SituationMap.Core;

/// <summary>A sentence in each language the interface speaks.</summary>
public sealed record WordsResponse(
    [property: System.Text.Json.Serialization.JsonPropertyName("zh-CN")] string Chinese,
    [property: System.Text.Json.Serialization.JsonPropertyName("en")] string English
)
{
    /// <summary>The text in both.</summary>
    public static WordsResponse Of(LocalText text) => new(text.Zh, text.En);

    /// <inheritdoc cref="LocalText.In"/>
    public string In(string language) => new LocalText(Chinese, English).In(language);
}
