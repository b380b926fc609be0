using Npgsql;
using SituationMap.Core.Duty;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;

namespace SituationMap.Store.Duty;

/// <summary>
/// Tells the feed how things stand with posts. A step and the passing of time both end here: what follows from the steps is compared with
/// what was told last, and each difference becomes one row of the feed, as does whoever is told of a gap after the post's leader.
/// </summary>
public sealed class CoverSettler(ProtocolCatalog protocols)
{
    private const string Leader = "leader";
    private const string Chief = "chief";

    /// <summary>Settles some posts in the caller's transaction and as its last act (it draws sequences). The caller has locked their rows
    /// of <c>post_cover</c>.</summary>
    /// <returns>How many rows the feed got.</returns>
    public async Task<int> SettleAsync(NpgsqlConnection connection, int[] posts, DateTimeOffset now, CancellationToken cancellation)
    {
        var found = await DutyReader.PostsAsync(connection, posts, DutyWindow.From(now), DutyWindow.To(now), cancellation);
        var covers = found
            .Select(duty =>
                (duty.Post.Id, Cover: DutyRules.Evaluate(duty.Post.Kind, duty.Steps, protocols.Plan.ForGrid(duty.Post.Grid), now))
            )
            .ToArray();
        await using var settle = connection.Command(
            $"""
            WITH found AS MATERIALIZED (
              SELECT * FROM unnest($1::int[], $2::text[], $3::timestamptz[], $4::boolean[], $5::text[], $6::timestamptz[])
                AS f (post, cover, since, manned, told, next_due)
            ), difference AS MATERIALIZED (
              SELECT f.*, p.grid, p.checkpoint, p.location, row_number() OVER (ORDER BY f.post) AS ordinal
              FROM found f JOIN post_cover c USING (post) JOIN post p ON p.id = f.post
              WHERE (f.cover, f.manned, f.told) IS DISTINCT FROM (c.cover, c.manned, c.told)
            ), kept AS (
              UPDATE post_cover c SET cover = f.cover, since = f.since, manned = f.manned, told = f.told, next_due = f.next_due
              FROM found f WHERE c.post = f.post
            ), drawn AS MATERIALIZED (
              SELECT d.* FROM (SELECT count(*)::int AS n FROM difference HAVING count(*) > 0) n, draw_sequences(n.n, $7) d
            ), told AS (
              INSERT INTO feed (sequence, recorded_at, kind, grid, subject, cover, since, manned, told, checkpoint, touched)
              SELECT first + ordinal - 1, recorded_at, 'cover', grid, post, cover, since, manned, told, checkpoint,
                     ST_Collect(ARRAY[location])
              FROM difference CROSS JOIN drawn
              RETURNING sequence
            )
            SELECT count(*)::int, pg_notify('{Channels.Feed}', max(sequence)::text) FROM told HAVING count(*) > 0
            """,
            covers.Select(found => found.Id).ToArray(),
            covers.Select(found => found.Cover.State.Name()).ToArray(),
            SqlValue.Instants(covers.Select(found => found.Cover.Since)),
            covers.Select(found => found.Cover.State == CoverState.NoPlan ? (bool?)null : found.Cover.IsManned).ToArray(),
            covers.Select(found => Told(found.Cover, now)).ToArray(),
            // a shift that is planned for later than is looked ahead is found by then
            SqlValue.Instants(covers.Select(found => found.Cover.Next ?? (DateTimeOffset?)(now + DutyRules.LookAhead))),
            now
        );
        return await settle.ExecuteScalarAsync(cancellation) as int? ?? 0;
    }

    private static string? Told(Cover cover, DateTimeOffset now) =>
        cover.State != CoverState.Gap ? null
        : cover.ChiefFrom <= now ? Chief
        : Leader;
}
