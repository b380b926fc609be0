using NetTopologySuite.Geometries;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Store.Files;
using SituationMap.Store.Protocols;
using SituationMap.Store.Zones;

namespace SituationMap.Store.Imports;

/// <summary>Publishes imported zones, each as a version of its own, all in the import's transaction.</summary>
public sealed class ZoneImport(ProtocolCatalog protocols, TimeProvider clock)
{
    private const string NoReason = "Imported";

    /// <summary>How dates in files are read: by the plan's time zone.</summary>
    public DateTexts Dates => new(protocols.Plan.TimeZone, clock.GetUtcNow());

    /// <summary>What is wrong with a zone whose level the edition does not have at its beginning, or that ends before it; null:
    /// nothing.</summary>
    public Fault? Fault(ReadRow row)
    {
        var (from, to) = (Instant(row, "from") ?? clock.GetUtcNow(), Instant(row, "to"));
        var edition = protocols.Plan.EditionAt(from);
        return edition.ZoneLevel((string)row.Fields["level"]!) is null
                ? new Fault(
                    "level-unknown",
                    "level",
                    $"a level of the edition {edition.Id}: {string.Join(", ", edition.ZoneLevels.Select(level => level.Id))}"
                )
            : to <= from ? new Fault("value-wrong", "to", "an instant after the beginning")
            : null;
    }

    /// <param name="rows">The rows that differ, with what the zone's last version has.</param>
    public async Task PublishAsync(
        NpgsqlConnection connection,
        ImportRun run,
        IReadOnlyDictionary<int, StoredZone> rows,
        CancellationToken cancellation
    )
    {
        var now = clock.GetUtcNow();
        // in the order in which everybody locks several zones
        foreach (var row in run.Zones.Where(row => rows.ContainsKey(row.Number)).OrderBy(row => row.Code, StringComparer.Ordinal))
        {
            // what the file does not say stays as it is
            var kept = rows[row.Number];
            var zone = await ZoneStore.LockAsync(connection, row.Code, cancellation);
            var draft = new ZoneVersionDraft(
                row.Code,
                (string)row.Fields["name"]!,
                (string)row.Fields["level"]!,
                (MultiPolygon)row.Shape!,
                Instant(row, "from") ?? (kept.From > now ? kept.From.Value : now),
                row.Fields.ContainsKey("to") ? Instant(row, "to") : kept.To,
                run.Order.Author,
                (string?)row.Fields["reason"] ?? kept.Reason ?? NoReason
            );
            await ZoneStore.PublishAsync(connection, protocols.Plan, zone, draft, "published", draft.Author, now, cancellation);
        }
        await ZoneAnnouncer.AnnounceAsync(connection, clock, cancellation);
    }

    private static DateTimeOffset? Instant(ReadRow row, string field) =>
        (string?)row.Fields[field] is { } text && Instants.TryParse(text, out var instant) ? instant : null;
}

/// <summary>What a zone's last version has of what a file may leave out; all null: there is none.</summary>
public readonly record struct StoredZone(DateTimeOffset? From, DateTimeOffset? To, string? Reason);
