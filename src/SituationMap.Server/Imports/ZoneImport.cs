using NetTopologySuite.Geometries;
using SituationMap.Server.Http;
using SituationMap.Server.Protocols;
using SituationMap.Server.Zones;

namespace SituationMap.Server.Imports;

/// <summary>
/// Publishes imported zones, each as a version of its own: everything is checked before the first one. One broken off begins again
/// where it was, since a zone that says what its last version says is left alone.
/// </summary>
internal sealed class ZoneImport(ZoneStore store, ProtocolCatalog protocols, TimeProvider clock)
{
    private const string NoReason = "Imported";

    /// <summary>Rejects what names a level that the edition does not have at the zone's beginning, or an end before it.</summary>
    public void CheckLevels(ImportRun run)
    {
        foreach (var row in run.Zones.ToList())
        {
            var (from, to) = (Instant(row, "from") ?? clock.GetUtcNow(), Instant(row, "to"));
            var edition = protocols.Plan.EditionAt(from);
            var fault = edition.ZoneLevel((string)row.Fields["level"]!) is null
                ? new Fault("level-unknown", "level", $"a level of the edition {edition.Id}: {string.Join(", ", edition.ZoneLevels.Select(level => level.Id))}")
                : to <= from ? new Fault("value-wrong", "to", "an instant after the beginning") : null;
            if (fault is null)
                continue;
            run.Zones.Remove(row);
            run.Reject(new RejectedRow(row.Number, row.Code, fault.Field, fault.Code, fault.Expected));
        }
    }

    public async Task PublishAsync(ImportRun run, IReadOnlySet<int> rows, CancellationToken cancellation)
    {
        foreach (var row in run.Zones.Where(row => rows.Contains(row.Number)))
        {
            await store.PublishAsync(new ZoneVersionDraft(
                row.Code, (string)row.Fields["name"]!, (string)row.Fields["level"]!, (MultiPolygon)row.Shape!, Instant(row, "from") ?? clock.GetUtcNow(), Instant(row, "to"),
                run.Order.Author, (string?)row.Fields["reason"] ?? NoReason), cancellation);
        }
    }

    private static DateTimeOffset? Instant(ReadRow row, string field) =>
        (string?)row.Fields[field] is { } text && Instants.TryParse(text, out var instant) ? instant : null;
}
