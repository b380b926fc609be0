using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Access;

/// <summary>
/// Up to which row the audit record is settled: all rows up to it bear a seal, and none of a lower id will come any more. Ids are drawn
/// before a row is seen by others, so the last row of a look settles only when every transaction that was under way at the look after it
/// has ended, and a later look has gone through what those wrote.
/// </summary>
public sealed class SettledRows
{
    private (long Row, long? Until)? _settling;

    /// <summary>0: nothing is known.</summary>
    public long Row { get; private set; }

    /// <summary>A look, as of its beginning.</summary>
    /// <param name="Last">The last row that is seen.</param>
    /// <param name="Oldest">The oldest transaction that is under way.</param>
    /// <param name="Next">The next one that begins.</param>
    public sealed record Look(long Last, long Oldest, long Next);

    public async Task<Look> BeginAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = connection.Command(
            """
            SELECT COALESCE((SELECT max(id) FROM audit), 0), pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint
            FROM pg_current_snapshot() AS now
            """
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        var look = new Look(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
        if (look.Last < Row)
            Forget(); // another store than before
        return look;
    }

    /// <summary>Every row of a look, and those that came since, bears a seal.</summary>
    public void Seen(Look look)
    {
        switch (_settling)
        {
            case null:
                _settling = (look.Last, null);
                break;
            case (var row, null):
                _settling = (row, look.Next);
                break;
            case (var row, { } until) when look.Oldest >= until:
                (Row, _settling) = (row, (look.Last, null));
                break;
        }
    }

    public void Forget() => (Row, _settling) = (0, null);
}
