using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SituationMap.Core;
using SituationMap.Store.Households;

namespace SituationMap.Server.Residents;

/// <summary>What was typed into a form of the page, as the fact that it tells.</summary>
internal static class ResidentForm
{
    /// <summary>What is about the fact and no field of its kind.</summary>
    private static readonly string[] Around = ["id", "kind", "person"];

    /// <summary>The fact in JSON; what is wrong with it is found by whoever reads it.</summary>
    public static JsonElement Fact(IReadOnlyDictionary<string, string> typed, DoorCodeHolder who, DateTimeOffset now)
    {
        var data = new JsonObject();
        foreach (var (name, text) in typed)
            if (!Around.Contains(name) && !string.IsNullOrWhiteSpace(text))
                data[name] = Value(name, text.Trim());
        var fact = new JsonObject
        {
            ["id"] = Id(typed),
            ["kind"] = typed.GetValueOrDefault("kind"),
            ["household"] = who.Household,
            ["at"] = now.ToString("O", CultureInfo.InvariantCulture),
            ["source"] = $"resident:{who.Household}",
            ["data"] = data,
        };
        if (typed.GetValueOrDefault("person") is { Length: > 0 } person)
            fact["person"] = person;
        return JsonSerializer.SerializeToElement(fact);
    }

    /// <summary>The name of the words for a field that was wrong; those of the form where it is none of its fields.</summary>
    public static string Label(string kind, string field, ResidentWords words)
    {
        var name = $"{kind}.{(field == "person" ? "member" : field[(field.LastIndexOf('.') + 1)..])}";
        return words.Names.Contains(name) ? name : kind;
    }

    /// <summary>Made of the page's id and of what was typed: sent twice it is one fact, changed and sent again another.</summary>
    private static string? Id(IReadOnlyDictionary<string, string> typed) =>
        Guid.TryParse(typed.GetValueOrDefault("id"), out var page)
            ? NamedUuid
                .Of(
                    page,
                    string.Join(
                        '\n',
                        typed.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={field.Value}")
                    )
                )
                .ToString()
            : null;

    private static JsonValue Value(string name, string text) =>
        name == "celsius" && decimal.TryParse(text.Replace(',', '.'), NumberStyles.Number, CultureInfo.InvariantCulture, out var number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
}
