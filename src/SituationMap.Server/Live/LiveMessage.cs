using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Live;

/// <summary>Some events of the live feed as they go over the wire.</summary>
/// <param name="Sequence">Up to which sequence of the feed they tell.</param>
internal sealed record LiveMessage(long Sequence, ReadOnlyMemory<byte> Bytes)
{
    /// <inheritdoc cref="Heartbeat"/>
    public static LiveMessage Hello(Snapshot snapshot, DateTimeOffset confirmedAt, DateTimeOffset now) =>
        Sign("hello", snapshot, confirmedAt, now);

    /// <param name="confirmedAt">When the store was last known to have nothing newer.</param>
    /// <param name="now">The server's clock, by which a client sees how old that is.</param>
    public static LiveMessage Heartbeat(Snapshot snapshot, DateTimeOffset confirmedAt, DateTimeOffset now) =>
        Sign("heartbeat", snapshot, confirmedAt, now);

    /// <summary>Told to a client that resumes from before what can be told: start over.</summary>
    public static LiveMessage Reload(Snapshot snapshot) =>
        Of(snapshot.Sequence, events => events.Add("reload", snapshot.Sequence, json => Head(json, snapshot)));

    public static LiveMessage Of(long sequence, Action<Events> write)
    {
        var events = new Events();
        write(events);
        return new LiveMessage(sequence, events.Written);
    }

    private static LiveMessage Sign(string name, Snapshot snapshot, DateTimeOffset confirmedAt, DateTimeOffset now) =>
        Of(snapshot.Sequence, events => events.Add(name, null, json =>
            {
                Head(json, snapshot);
                json.WriteString("confirmedAt", confirmedAt);
                json.WriteString("now", now);
            }));

    private static void Head(Utf8JsonWriter json, Snapshot snapshot)
    {
        json.WriteNumber("sequence", snapshot.Sequence);
        json.WriteString("asOf", snapshot.AsOf);
    }

    /// <summary>Writes events in the form of Server-Sent Events.</summary>
    internal sealed class Events
    {
        private readonly ArrayBufferWriter<byte> _bytes = new();

        public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

        /// <param name="id">The sequence from which a client resumes that has seen this; null: that of the event before.</param>
        public void Add(string name, long? id, Action<Utf8JsonWriter> data)
        {
            if (id is { } sequence)
                Write($"id: {sequence.ToString(CultureInfo.InvariantCulture)}\n");
            Write($"event: {name}\ndata: ");
            using (var json = new Utf8JsonWriter(_bytes))
            {
                json.WriteStartObject();
                data(json);
                json.WriteEndObject();
            }
            Write("\n\n");
        }

        /// <summary>No event, but a client resumes from here.</summary>
        public void AddId(long sequence) => Write($"id: {sequence.ToString(CultureInfo.InvariantCulture)}\n\n");

        private void Write(string text) => Encoding.UTF8.GetBytes(text, _bytes);
    }
}
