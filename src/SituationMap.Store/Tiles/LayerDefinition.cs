using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;
using SituationMap.Geo.VectorTiles;

namespace SituationMap.Store.Tiles;

/// <summary>An attribute that the features of a layer carry.</summary>
/// <param name="Type">As TileJSON names it: String, Number or Boolean.</param>
/// <param name="Description">For people who use the tiles.</param>
/// <param name="MinZoom">The first zoom that carries it; null: the layer's.</param>
/// <param name="MaxZoom">The last zoom that carries it; null: the layer's.</param>
public sealed record LayerField(string Type, string Description, int? MinZoom = null, int? MaxZoom = null);

/// <summary>
/// How outlines are drawn where one sees them from far: every point moves to the nearest multiple of some units of the tile, and those
/// that then lie on a straight line go. Where a point goes depends on nothing but itself, so a border that two features share stays
/// shared, without a gap or an overlap, and what one feature is drawn like never depends on its neighbours.
/// </summary>
/// <param name="MaxZoom">The last zoom that is simplified.</param>
/// <param name="Units">The step in units of the tile: 2, 4 or 8, an eighth of a pixel each.</param>
public sealed record Simplification(int MaxZoom, int Units);

/// <summary>What <c>tiles/&lt;layer&gt;/layer.json</c> says: which features and attributes the encoder puts in, and what TileJSON tells of
/// them.</summary>
/// <param name="Id">The layer's name, that of its folder.</param>
/// <param name="Description">For people who use the tiles.</param>
/// <param name="Geometry">point, line or polygon.</param>
/// <param name="MinZoom">The first zoom that has it.</param>
/// <param name="MaxZoom">The last zoom that has it; clients enlarge it beyond.</param>
/// <param name="Fields">The attributes, by name.</param>
/// <param name="Levels">Layer grids: the zoom from which each level of the tree is shown instead of the level above it.</param>
/// <param name="Simplification">Null: as fine as the tile's units at every zoom.</param>
public sealed record LayerDefinition(
    string Id,
    string Description,
    string Geometry,
    int MinZoom,
    int MaxZoom,
    IReadOnlyDictionary<string, LayerField> Fields,
    IReadOnlyDictionary<string, int>? Levels = null,
    Simplification? Simplification = null
)
{
    /// <summary>In which steps its points are drawn at a zoom, as a power of two of the tile's units.</summary>
    public int StepShift(int zoom) =>
        Simplification is { } simplified && zoom <= simplified.MaxZoom ? BitOperations.Log2((uint)simplified.Units) : 0;

    public bool IsAt(int zoom) => zoom >= MinZoom && zoom <= MaxZoom;

    /// <summary>The last zoom at which its features carry counts of households; -1: none does.</summary>
    public int LastZoomWithCounts => Fields.TryGetValue("quarantined", out var counts) ? counts.MaxZoom ?? MaxZoom : -1;

    public bool HasField(string name, int zoom) =>
        Fields.TryGetValue(name, out var field) && zoom >= (field.MinZoom ?? MinZoom) && zoom <= (field.MaxZoom ?? MaxZoom);
}

/// <summary>What the tiles under one name hold.</summary>
/// <param name="Name">In the tiles' addresses.</param>
/// <param name="Layers">In the catalog's order.</param>
/// <param name="Bits">A bit for each of them, see <see cref="LayerCatalog.Bit"/>.</param>
public sealed record Tileset(string Name, LayerDefinition[] Layers, int Bits);

/// <summary>The layers, in the order in which they are put into a tile (and drawn, the first one lowest).</summary>
public sealed class LayerCatalog
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        PropertyNameCaseInsensitive = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>The name under which all layers come in one tile.</summary>
    public const string Everything = "situation";

    /// <summary>Reads the definitions beside the program.</summary>
    public static LayerCatalog Load(IServiceProvider services) => new(Path.Combine(AppContext.BaseDirectory, "tiles"));

    /// <param name="folder">The folder <c>tiles</c>.</param>
    /// <exception cref="StartupException">A definition is missing or wrong; the message names the file and what is.</exception>
    public LayerCatalog(string folder)
    {
        Grids = Read(folder, "grids");
        GridLabels = Read(folder, "grid-labels");
        Roads = Read(folder, "roads");
        Buildings = Read(folder, "buildings");
        Households = Read(folder, "households");
        Zones = Read(folder, "zones");
        Checkpoints = Read(folder, "checkpoints");
        Metadata = Read(folder, "metadata");
        Work = Read(folder, "work");
        All = [Grids, Roads, Buildings, Households, Zones, Checkpoints, GridLabels];
        Tilesets = All.Select(layer => new Tileset(layer.Id, [layer], Bit(layer)))
            .Append(new Tileset(Everything, [.. All], All.Sum(Bit)))
            .ToFrozenDictionary(tileset => tileset.Name, StringComparer.Ordinal);
    }

    public LayerDefinition Grids { get; }

    public LayerDefinition GridLabels { get; }

    public LayerDefinition Roads { get; }

    public LayerDefinition Buildings { get; }

    public LayerDefinition Households { get; }

    public LayerDefinition Zones { get; }

    public LayerDefinition Checkpoints { get; }

    /// <summary>Says what a tile leaves out; comes with whatever layers are asked for.</summary>
    public LayerDefinition Metadata { get; }

    /// <summary>What is to be done, which is in no snapshot: a tileset of its own.</summary>
    public LayerDefinition Work { get; }

    /// <summary>All that are made from a snapshot, but <see cref="Metadata"/>.</summary>
    public ImmutableArray<LayerDefinition> All { get; }

    /// <summary>What tiles can be asked for, by name: each layer alone, and <see cref="Everything"/>.</summary>
    public FrozenDictionary<string, Tileset> Tilesets { get; }

    /// <summary>The bit that stands for a layer in a set of them.</summary>
    public int Bit(LayerDefinition layer) => 1 << All.IndexOf(layer);

    private static LayerDefinition Read(string folder, string layer)
    {
        var file = Path.Combine(folder, layer, "layer.json");
        try
        {
            var definition = JsonSerializer.Deserialize<LayerDefinition>(File.ReadAllText(file), Json)
                ?? throw new StartupException($"{file}: empty");
            if (definition.Id != layer)
                throw new StartupException($"{file}: id: expected \"{layer}\", the folder's name");
            if (definition.MinZoom < 0 || definition.MaxZoom > TileId.MaxZoom || definition.MinZoom > definition.MaxZoom)
                throw new StartupException($"{file}: minZoom and maxZoom: expected 0 to {TileId.MaxZoom}, in this order");
            if (definition.Simplification is { Units: not (2 or 4 or 8) })
                throw new StartupException($"{file}: simplification: units: expected 2, 4 or 8");
            return definition;
        }
        catch (Exception unreadable) when (unreadable is JsonException or IOException)
        {
            throw new StartupException($"{file}: {unreadable.Message}", unreadable);
        }
    }
}
