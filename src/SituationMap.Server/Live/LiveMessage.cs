using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SituationMap.Server.Snapshots;
using SituationMap.Server.Tiles;

namespace SituationMap.Server.Live;

/// <summary>Some events of the live feed as they go over the wire: made once, sent to everybody.</summary>
/// <param name="Sequence">Up to which sequence of the feed they tell.</param>
internal sealed record LiveMessage(long Sequence, ReadOnlyMemory<byte> Bytes)
{
    /// <inheritdoc cref="Heartbeat"/>
    public static LiveMessage Hello(Snapshot snapshot, DateTimeOffset confirmedAt, DateTimeOffset now) => Sign("hello", snapshot, confirmedAt, now);

    /// <param name="confirmedAt">When the store was last known to have nothing newer.</param>
    /// <param name="now">The server's clock, by which a client sees how old that is.</param>
    public static LiveMessage Heartbeat(Snapshot snapshot, DateTimeOffset confirmedAt, DateTimeOffset now) => Sign("heartbeat", snapshot, confirmedAt, now);

    private static LiveMessage Sign(string name, Snapshot snapshot, DateTimeOffset confirmedAt, DateTimeOffset now) =>
        Of(snapshot.Sequence, writer => Event(writer, name, null, json =>
        {
            Head(json, snapshot);
            json.WriteString("confirmedAt", confirmedAt);
            json.WriteString("now", now);
        }));

    /// <summary>Told to a client that resumes from before what can be told: start over.</summary>
    public static LiveMessage Reload(Snapshot snapshot) => Of(snapshot.Sequence, writer => Event(writer, "reload", snapshot.Sequence, json => Head(json, snapshot)));

    /// <summary>
    /// The events of one advance. Only the last one carries an id: who is cut off between two of them gets them all again.
    /// </summary>
    public static LiveMessage Of(SnapshotChange change) => Of(change.After.Sequence, writer =>
    {
        if (change.Households.Count > 0)
            Event(writer, "status", null, json => WriteStatuses(json, change));
        if (change.Zones.Count > 0)
            Event(writer, "zone", null, json => WriteZones(json, change));
        Event(writer, "tiles", change.After.Sequence, json =>
        {
            Head(json, change.After);
            json.WriteStartArray("tiles");
            foreach (var tile in change.Tiles.Keys)
                json.WriteStringValue(tile.ToString());
            json.WriteEndArray();
        });
    });

    private static void WriteStatuses(Utf8JsonWriter json, SnapshotChange change)
    {
        var (after, city) = (change.After, change.After.City);
        Head(json, after);
        json.WriteStartArray("households");
        foreach (var place in change.Households)
        {
            ref readonly var household = ref city.Households[place];
            var building = city.Buildings[household.Building];
            json.WriteStartObject();
            json.WriteNumber("id", household.Id);
            json.WriteString("household", household.Code);
            json.WriteNumber("building", building.Id);
            json.WriteString("grid", city.Grids[building.Grid].Code);
            json.WriteString("status", TileEncoder.Name(after.States[place].Status));
            json.WriteBoolean("surveyed", after.States[place].Surveyed);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("buildings");
        foreach (var place in change.Buildings)
        {
            var counts = after.BuildingCounts[place];
            json.WriteStartObject();
            json.WriteNumber("id", city.Buildings[place].Id);
            json.WriteString("building", city.Buildings[place].Code);
            json.WriteString("status", TileEncoder.Name(counts.Worst!.Value));
            json.WriteNumber("quarantined", counts.Quarantined);
            json.WriteNumber("observed", counts.Observed);
            json.WriteNumber("out", counts.Out);
            json.WriteNumber("healthy", counts.Healthy);
            json.WriteNumber("unsurveyed", counts.Unsurveyed);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteZones(Utf8JsonWriter json, SnapshotChange change)
    {
        Head(json, change.After);
        json.WriteStartArray("zones");
        foreach (var id in change.Zones)
        {
            var zone = change.After.Zones.FirstOrDefault(zone => zone.Id == id);
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("code", zone?.Code);
            json.WriteString("name", zone?.Name);
            json.WriteString("level", zone?.Level); // null: it has ended
            if (zone is not null)
                json.WriteNumber("version", zone.Version);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Head(Utf8JsonWriter json, Snapshot snapshot)
    {
        json.WriteNumber("sequence", snapshot.Sequence);
        json.WriteString("asOf", snapshot.AsOf);
    }

    private static LiveMessage Of(long sequence, Action<ArrayBufferWriter<byte>> write)
    {
        var writer = new ArrayBufferWriter<byte>();
        write(writer);
        return new LiveMessage(sequence, writer.WrittenMemory);
    }

    private static void Event(ArrayBufferWriter<byte> writer, string name, long? id, Action<Utf8JsonWriter> data)
    {
        if (id is { } sequence)
            Write(string.Create(CultureInfo.InvariantCulture, $"id: {sequence}\n"));
        Write($"event: {name}\ndata: ");
        using (var json = new Utf8JsonWriter(writer))
        {
            json.WriteStartObject();
            data(json);
            json.WriteEndObject();
        }
        Write("\n\n");

        void Write(string text) => Encoding.UTF8.GetBytes(text, writer);
    }
}
