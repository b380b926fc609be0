using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Server.Http;
using SituationMap.Server.Protocols;
using SituationMap.Server.Zones;

namespace SituationMap.Server.Imports;

/// <summary>Publishes imported zones, each as a version of its own, all in the import's transaction.</summary>
internal sealed class ZoneImport(ProtocolCatalog protocols, TimeProvider clock)
{
    private const string NoReason = "Imported";

    /// <summary>What is wrong with a zone whose level the edition does not have at its beginning, or that ends before it; null: nothing.</summary>
    public Fault? Fault(ReadRow row)
    {
        var (from, to) = (Instant(row, "from") ?? clock.GetUtcNow(), Instant(row, "to"));
        var edition = protocols.Plan.EditionAt(from);
        return edition.ZoneLevel((string)row.Fields["level"]!) is null
            ? new Fault("level-unknown", "level", $"a level of the edition {edition.Id}: {string.Join(", ", edition.ZoneLevels.Select(level => level.Id))}")
            : to <= from ? new Fault("value-wrong", "to", "an instant after the beginning") : null;
    }

    public async Task PublishAsync(NpgsqlConnection connection, ImportRun run, IReadOnlySet<int> rows, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        // in the order in which everybody locks several zones
        foreach (var row in run.Zones.Where(row => rows.Contains(row.Number)).OrderBy(row => row.Code, StringComparer.Ordinal))
        {
            var zone = await ZoneStore.LockAsync(connection, row.Code, cancellation);
            var draft = new ZoneVersionDraft(
                row.Code, (string)row.Fields["name"]!, (string)row.Fields["level"]!, (MultiPolygon)row.Shape!, Instant(row, "from") ?? now, Instant(row, "to"),
                run.Order.Author, (string?)row.Fields["reason"] ?? NoReason);
            await ZoneStore.PublishAsync(connection, protocols.Plan, zone, draft, "published", draft.Author, now, cancellation);
        }
        await ZoneAnnouncer.AnnounceAsync(connection, clock, cancellation);
    }

    private static DateTimeOffset? Instant(ReadRow row, string field) =>
        (string?)row.Fields[field] is { } text && Instants.TryParse(text, out var instant) ? instant : null;
}
