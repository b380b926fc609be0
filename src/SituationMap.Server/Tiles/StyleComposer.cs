using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SituationMap.Geo.Archives;

namespace SituationMap.Server.Tiles;

/// <summary>What a map style can be asked for.</summary>
/// <param name="Datum">The shifted degrees of the base map that it is laid over, a name of <see cref="Store.Tiles.Datum"/>; null:
/// none.</param>
internal readonly record struct StyleChoice(string Theme, string Palette, string Language, string? Datum = null);

/// <summary>
/// Composes the map style from its parts: the order in <c>tiles/situation.style.json</c>, the layers in
/// <c>tiles/&lt;layer&gt;/style.json</c>, the colours, letters and fonts in <c>tiles/palette.json</c>. In the parts, <c>"$name"</c> stands
/// for an entry of the palette, an object with a key per language for one of its texts, and <c>{origin}</c>, <c>{theme}</c> and
/// <c>{datum}</c> for what their names say.
/// </summary>
internal sealed class StyleComposer
{
    public static readonly string[] Themes = ["light", "dark"];
    public static readonly string[] Palettes = ["default", "classic"];
    public static readonly string[] Languages = ["zh-CN", "en"];

    private const string Source = "situation";
    private const string Origin = "{origin}";

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ConcurrentDictionary<StyleChoice, string> _composed = [];
    private readonly JsonObject _frame;
    private readonly JsonObject _palette;
    private readonly Dictionary<string, JsonObject> _layers;

    /// <param name="folder">The folder <c>tiles</c>.</param>
    /// <param name="basemap">Drawn above the ground and below everything of ours; null: nothing is.</param>
    /// <exception cref="InvalidDataException">A part is missing or wrong; the message names it.</exception>
    public StyleComposer(string folder, TileArchive? basemap = null)
    {
        _frame = Read(Path.Combine(folder, "situation.style.json")).AsObject();
        _palette = Read(Path.Combine(folder, "palette.json")).AsObject();
        _layers = Directory
            .EnumerateDirectories(folder)
            .Select(layer => Path.Combine(layer, "style.json"))
            .Where(File.Exists)
            .SelectMany(file => Read(file).AsArray())
            .ToDictionary(layer => layer!["id"]!.GetValue<string>(), layer => layer!.AsObject());

        if (basemap is not null)
            PutBelow(
                basemap,
                Read(Path.Combine(folder, "basemap", basemap.Description.IsVector ? "vector.style.json" : "raster.style.json")).AsArray()
            );

        // a mistake in a part is told at the start, not to the first who opens the map
        foreach (var theme in Themes)
        {
            foreach (var palette in Palettes)
            {
                foreach (var language in Languages)
                    Compose(new StyleChoice(theme, palette, language), "");
            }
        }
    }

    /// <summary>The style as JSON.</summary>
    /// <param name="origin">Scheme, host and base path of the addresses in it, such as <c>https://map.example</c>.</param>
    public string Compose(StyleChoice choice, string origin) =>
        _composed.GetOrAdd(choice, ComposeOnce).Replace(Origin, origin, StringComparison.Ordinal);

    private string ComposeOnce(StyleChoice choice)
    {
        var words = Words(choice);
        var style = _frame.DeepClone().AsObject();
        style["layers"] = new JsonArray([.. style["layers"]!.AsArray().Select(Layer)]);
        return Fill(style, choice, words)!.ToJsonString(Json);
    }

    /// <summary>
    /// Adds the base map's source and, right above the ground, those of its possible layers that the archive has; an archive of images
    /// has one layer.
    /// </summary>
    private void PutBelow(TileArchive basemap, JsonArray possible)
    {
        const string Id = "basemap";
        var described = basemap.Description;
        _frame["sources"]![Id] = new JsonObject
        {
            ["type"] = described.IsVector ? "vector" : "raster",
            ["tiles"] = new JsonArray(BasemapEndpoints.TilesOf(basemap, Origin)),
            ["minzoom"] = described.MinZoom,
            ["maxzoom"] = described.MaxZoom,
            ["bounds"] = new JsonArray([.. described.Bounds.Select(edge => JsonValue.Create(edge))]),
            ["attribution"] = described.Attribution,
        };
        if (!described.IsVector)
            _frame["sources"]![Id]!["tileSize"] = 256;
        var layers = _frame["layers"]!.AsArray();
        var above = 1;
        foreach (var layer in possible)
        {
            if (layer!["source-layer"] is { } name && !described.VectorLayers.Contains(name.GetValue<string>()))
                continue;
            var own = layer.DeepClone();
            own["source"] = Id;
            layers.Insert(above++, own);
        }
    }

    /// <summary>A layer stands in the frame itself, or there stands its name.</summary>
    private JsonObject Layer(JsonNode? entry)
    {
        if (entry is JsonObject here)
            return here.DeepClone().AsObject();
        var id = entry!.GetValue<string>();
        if (!_layers.TryGetValue(id, out var part))
            throw new InvalidDataException($"tiles/situation.style.json: layers: no tiles/<layer>/style.json has \"{id}\"");
        var layer = part.DeepClone().AsObject();
        layer["source"] = Source;
        return layer;
    }

    private Dictionary<string, JsonNode> Words(StyleChoice choice)
    {
        var words = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        Add(_palette["default"]![choice.Theme]!, "");
        Add(_palette[choice.Palette]![choice.Theme]!, "");
        Add(_palette["letters"]!, "letter-");
        words["fonts"] = _palette["fonts"]!["normal"]!;
        words["fonts-bold"] = _palette["fonts"]!["bold"]!;
        return words;

        void Add(JsonNode entries, string prefix)
        {
            foreach (var (name, value) in entries.AsObject())
                words[prefix + name] = value!;
        }
    }

    private static JsonNode? Fill(JsonNode? node, StyleChoice choice, Dictionary<string, JsonNode> words) =>
        node switch
        {
            JsonObject texts when Languages.All(texts.ContainsKey) => texts[choice.Language]!.DeepClone(),
            JsonObject parts => new JsonObject(parts.Select(part => KeyValuePair.Create(part.Key, Fill(part.Value, choice, words)))),
            JsonArray items => new JsonArray([.. items.Select(item => Fill(item, choice, words))]),
            JsonValue value when value.TryGetValue<string>(out var text) => text.StartsWith('$')
                ? words.GetValueOrDefault(text[1..])?.DeepClone()
                    ?? throw new InvalidDataException($"tiles/palette.json has no \"{text[1..]}\", which a style names")
                : JsonValue.Create(
                    text.Replace("{theme}", choice.Theme, StringComparison.Ordinal)
                        .Replace("{datum}", choice.Datum is null ? "" : "?datum=" + choice.Datum, StringComparison.Ordinal)
                ),
            _ => node?.DeepClone(),
        };

    private static JsonNode Read(string file)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(file)) ?? throw new InvalidDataException($"{file}: empty");
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException)
        {
            throw new InvalidDataException($"{file}: {unreadable.Message}", unreadable);
        }
    }
}
