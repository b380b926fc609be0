using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Protocols;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;

namespace SituationMap.Store.Gates;

/// <summary>What a gate has to know of passes without a network, all by their serials.</summary>
/// <param name="Held">Those that are of no use for going out now, in order: ended, or of a household of which nobody goes out; which of the
/// two is not told.</param>
/// <param name="Outs">Those of households of which somebody went out, by local day, in order.</param>
public sealed record KnownAtGate(IReadOnlyList<uint> Held, IReadOnlyList<(DateOnly Day, IReadOnlyList<uint> Serials)> Outs);

/// <summary>Passes as a gate knows them.</summary>
public sealed class GatePasses(NpgsqlDataSource database, ProtocolCatalog protocols)
{
    /// <param name="days">So many local days, this one counted, it is told who went out on.</param>
    public async Task<KnownAtGate> LoadAsync(DateTimeOffset now, int days, CancellationToken cancellation)
    {
        var (held, outs) = (new List<uint>(), new SortedDictionary<DateOnly, List<uint>>());
        await using var command = database.Command(
            $"""
            WITH given AS MATERIALIZED (
              SELECT (f.data->>'serial')::bigint AS serial, f.data->>'kind' AS kind, f.household, EXISTS ({PassStore.Ending}) AS is_ended
              FROM fact f
              WHERE f.data ? 'serial' AND f.data ? 'kind' AND f.kind = 'pass' AND (f.data->>'to')::timestamptz > $1
            ), gone AS MATERIALIZED (
              SELECT f.household, array_agg(DISTINCT (f.at AT TIME ZONE $2)::date) AS days
              FROM fact f
              WHERE f.kind = 'passage' AND f.data->>'direction' = 'out' AND f.at <= $1
                AND f.at >= (($1 AT TIME ZONE $2)::date - ($3 - 1))::timestamp AT TIME ZONE $2
                AND NOT EXISTS (SELECT FROM retracted_facts(ARRAY[f.id]))
              GROUP BY f.household
            )
            SELECT g.serial, g.kind, ltree2text(h.grid), g.is_ended, s.status::text, gone.days
            FROM given g JOIN household h ON h.id = g.household
            LEFT JOIN household_status s ON s.household = h.id
            LEFT JOIN gone ON gone.household = g.household
            ORDER BY g.serial
            """,
            now,
            protocols.Plan.TimeZone.Id,
            days
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var serial = (uint)reader.GetInt64(0);
            var kind = Enum.Parse<PassKind>(reader.GetString(1), ignoreCase: true);
            Status? status = reader.IsDBNull(4) ? null : Enum.Parse<Status>(reader.GetString(4), ignoreCase: true);
            var gate = protocols.Plan.ForGrid(reader.GetString(2).Replace('.', '-')).WorkAt(now).Gate;
            if (reader.GetBoolean(3) || gate.Holds(kind, status))
                held.Add(serial);
            foreach (var day in reader.IsDBNull(5) ? [] : reader.GetFieldValue<DateOnly[]>(5))
            {
                if (!outs.TryGetValue(day, out var serials))
                    outs.Add(day, serials = []);
                serials.Add(serial);
            }
        }
        return new KnownAtGate(held, [.. outs.Select(day => (day.Key, (IReadOnlyList<uint>)day.Value))]);
    }
}
