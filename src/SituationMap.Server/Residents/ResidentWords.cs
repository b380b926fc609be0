using System.Globalization;
using System.Text.Json;

namespace SituationMap.Server.Residents;

/// <summary>The words of the resident's page in one language; one file each.</summary>
public sealed class ResidentWords
{
    private const string ChineseTag = "zh-CN";
    private const string EnglishTag = "en";

    private readonly IReadOnlyDictionary<string, string> _words;

    private ResidentWords(string language)
    {
        Language = language;
        using var file = typeof(ResidentWords).Assembly.GetManifestResourceStream($"resident.{language}.json")!;
        _words = JsonSerializer.Deserialize<Dictionary<string, string>>(file)!;
    }

    public static ResidentWords Chinese { get; } = new(ChineseTag);

    public static ResidentWords English { get; } = new(EnglishTag);

    /// <summary>Its tag: zh-CN or en.</summary>
    public string Language { get; }

    public IEnumerable<string> Names => _words.Keys;

    /// <exception cref="KeyNotFoundException">The file has no such name.</exception>
    public string this[string name] => _words[name];

    /// <summary>A sentence with something in it.</summary>
    public string Say(string name, params object[] with) => string.Format(CultureInfo.InvariantCulture, _words[name], with);

    /// <summary>That which is asked for, else what the browser prefers; Chinese where neither says anything we have.</summary>
    public static ResidentWords For(HttpRequest request)
    {
        var asked = request.Query["lang"].ToString();
        var tags =
            asked.Length > 0
                ? [asked]
                : request.GetTypedHeaders().AcceptLanguage.OrderByDescending(one => one.Quality ?? 1).Select(one => one.Value.ToString());
        foreach (var tag in tags)
        {
            if (tag.StartsWith("zh", StringComparison.OrdinalIgnoreCase))
                return Chinese;
            if (tag.StartsWith("en", StringComparison.OrdinalIgnoreCase))
                return English;
        }
        return Chinese;
    }
}
