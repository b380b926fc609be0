using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Lookups;

/// <summary>The parts of a city as they stand in answers, each written once, when it is first found.</summary>
internal sealed class LookupTexts(City city)
{
    /// <summary>As the server's other answers: Chinese stays readable.</summary>
    public static readonly JsonSerializerOptions Plain = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly byte[]?[] _grids = new byte[city.Grids.Length][];
    private readonly byte[]?[] _buildings = new byte[city.Buildings.Length][];
    private readonly byte[]?[,] _checkpoints = new byte[city.Checkpoints.Length, 2][];

    /// <summary>A grid with those above it, from the root down.</summary>
    public byte[] Grids(int index) =>
        _grids[index] ??= Write(writer =>
        {
            writer.WriteStartArray();
            foreach (var grid in city.WithAncestors(index).Reverse().Select(above => city.Grids[above]))
            {
                writer.WriteStartObject();
                writer.WriteString("code"u8, grid.Code);
                writer.WriteString("name"u8, grid.Name);
                writer.WriteString("level"u8, grid.Level);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });

    public byte[] Building(int index) =>
        _buildings[index] ??= Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("code"u8, city.Buildings[index].Code);
            writer.WriteString("address"u8, city.Buildings[index].Address);
            writer.WriteEndObject();
        });

    public static byte[] Zone(ZoneIndex zones, int index) =>
        zones.Texts[index] ??= Write(writer =>
        {
            var zone = zones.Zones[index];
            writer.WriteStartObject();
            writer.WriteString("code"u8, zone.Code);
            writer.WriteString("name"u8, zone.Name);
            writer.WriteString("level"u8, zone.Level);
            writer.WriteNumber("version"u8, zone.Version);
            writer.WriteEndObject();
        });

    /// <summary>All but the end: the distance follows.</summary>
    public byte[] Checkpoint(int index, bool isManned) =>
        _checkpoints[index, isManned ? 1 : 0] ??= Write(writer =>
        {
            var checkpoint = city.Checkpoints[index];
            writer.WriteStartObject();
            writer.WriteString("code"u8, checkpoint.Code);
            writer.WriteString("name"u8, checkpoint.Name);
            writer.WriteBoolean("manned"u8, isManned);
            writer.WritePropertyName("metres"u8);
        });

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var text = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(text, Json))
            write(writer);
        return text.WrittenSpan.ToArray();
    }
}
