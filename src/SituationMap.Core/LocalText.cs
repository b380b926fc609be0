namespace SituationMap.Core;

/// <summary>The same words in the two languages the service speaks.</summary>
/// <param name="Zh">Simplified Chinese (<c>zh-CN</c>).</param>
/// <param name="En">English (<c>en</c>).</param>
public sealed record LocalText(string Zh, string En)
{
    /// <summary>The words in <paramref name="language"/>: Chinese for any tag that begins with <c>zh</c>, otherwise English.</summary>
    public string In(string language) => language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Zh : En;
}
