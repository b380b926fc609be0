using System.Data;
using Npgsql;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;

namespace SituationMap.Store.Statuses.Recompute;

/// <param name="Looked">Households with anything to go by.</param>
/// <param name="Different">The ids of those whose status comes out otherwise than it is stored.</param>
/// <param name="SetAside">The ids of those that cannot be worked out.</param>
public sealed record StatusCheckResult(int Looked, IReadOnlyList<int> Different, IReadOnlyList<int> SetAside);

/// <summary>Works out every status anew and compares it with the stored one; changes nothing.</summary>
public sealed class StatusCheck(NpgsqlDataSource database, ProtocolCatalog protocols)
{
    /// <param name="at">When. What is marked or due by then is still to be worked out, and left out.</param>
    public async Task<StatusCheckResult> RunAsync(DateTimeOffset at, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);
        await using var begin = connection
            .Command(
                """
                SELECT COALESCE(min(id), 0), COALESCE(max(id), -1), ARRAY(
                  SELECT household FROM dirty_household UNION SELECT household FROM household_status WHERE next_due <= $1)
                FROM household
                """,
                at
            )
            .Unlimited();
        int first;
        int last;
        HashSet<int> open;
        await using (var reader = await begin.ExecuteReaderAsync(cancellation))
        {
            await reader.ReadAsync(cancellation);
            (first, last, open) = (reader.GetInt32(0), reader.GetInt32(1), [.. reader.GetFieldValue<int[]>(2)]);
        }
        using var covers = new ZoneCovers(protocols.Plan);
        var cover = await covers.GetAsync(connection, cancellation);
        var (parts, looked, different, setAside) = (new PartReader(), 0, new List<int>(), new List<int>());
        for (; first <= last; first += FullRecompute.DefaultPartSize)
        {
            var part = new RecomputePart(first, Math.Min(last, first + FullRecompute.DefaultPartSize - 1));
            var inputs = await parts.ReadAsync(connection, part.First, part.Last, cover, protocols.Plan.HasOverlays, cancellation);
            var result = PartEvaluation.Evaluate(protocols, part, inputs, cover, at, cancellation);
            looked += result.Looked;
            setAside.AddRange(result.SetAside);
            different.AddRange(result.Changes.Select(change => change.Household).Where(household => !open.Contains(household)));
        }
        return new StatusCheckResult(looked, different, setAside);
    }
}
