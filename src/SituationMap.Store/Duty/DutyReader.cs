using Npgsql;
using SituationMap.Core.Duty;
using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Store.Duty;

/// <summary>Reads posts, the steps of their shifts, and workers.</summary>
public sealed class DutyReader(NpgsqlDataSource database)
{
    private const string Columns = """
        p.id, p.code, p.name, p.kind, replace(ltree2text(p.grid), '.', '-'), c.code, ST_X(p.location), ST_Y(p.location), w.code
        """;

    private const string Joins = """
        post p
        -- LEFT JOINs are intentional: a post may stand by itself, and have no leader
        LEFT JOIN checkpoint c ON c.id = p.checkpoint
        LEFT JOIN worker w ON w.id = p.leader
        """;

    /// <summary>The posts of a jurisdiction by their codes, with the steps of the shifts that were planned for some time.</summary>
    /// <param name="grid">The path of a grid, whose posts and those below it are asked for; null: all.</param>
    /// <param name="code">One post; null: all.</param>
    /// <param name="from">Shifts that end later than this.</param>
    /// <param name="to">Shifts that begin earlier than this.</param>
    /// <param name="known">What had come by then.</param>
    public async Task<PostDuty[]> PostsAsync(
        Scope scope,
        string? grid,
        string? code,
        DateTimeOffset from,
        DateTimeOffset to,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var command = connection.Command(
            $"""
            SELECT {Columns} FROM {Joins}
            WHERE {Scope.Sql("p.grid", "$1")} AND ($2 IS NULL OR p.grid <@ text2ltree($2)) AND ($3 IS NULL OR p.code = $3)
            ORDER BY p.code
            """,
            scope.Paths,
            grid,
            code
        );
        Post[] posts;
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            posts = await reader.ReadAllAsync(Read, cancellation);
        return await WithStepsAsync(connection, posts, from, to, known, cancellation);
    }

    /// <summary>Some posts by their ids, for whoever has them locked.</summary>
    public static async Task<PostDuty[]> PostsAsync(
        NpgsqlConnection connection,
        int[] ids,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command($"SELECT {Columns} FROM {Joins} WHERE p.id = ANY ($1) ORDER BY p.id", ids);
        Post[] posts;
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            posts = await reader.ReadAllAsync(Read, cancellation);
        return await WithStepsAsync(connection, posts, from, to, DateTimeOffset.MaxValue, cancellation);
    }

    /// <summary>The workers of a jurisdiction, by their codes.</summary>
    public async Task<Worker[]> WorkersAsync(Scope scope, string? grid, CancellationToken cancellation)
    {
        await using var command = database.Command(
            $"""
            SELECT code, replace(ltree2text(grid), '.', '-'), account FROM worker
            WHERE {Scope.Sql("grid", "$1")} AND ($2 IS NULL OR grid <@ text2ltree($2)) ORDER BY code
            """,
            scope.Paths,
            grid
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAllAsync(row => new Worker(row.GetString(0), row.GetString(1), row.TextOrNull(2)), cancellation);
    }

    private static Post Read(NpgsqlDataReader row) =>
        new(
            row.GetInt32(0),
            row.GetString(1),
            row.GetString(2),
            row.GetString(3),
            row.GetString(4),
            row.TextOrNull(5),
            row.GetDouble(6),
            row.GetDouble(7),
            row.TextOrNull(8)
        );

    /// <summary>A step as the columns after the first have it.</summary>
    internal static DutyStep ReadStep(NpgsqlDataReader row) =>
        new(
            row.GetGuid(1),
            DutyStepNames.KindOf(row.GetString(2)),
            row.GetGuid(3),
            row.InstantOrNull(4)!.Value,
            row.InstantOrNull(5)!.Value,
            row.TextOrNull(6),
            row.InstantOrNull(7),
            row.InstantOrNull(8),
            row.IsDBNull(9) ? null : row.GetGuid(9)
        );

    private static async Task<PostDuty[]> WithStepsAsync(
        NpgsqlConnection connection,
        Post[] posts,
        DateTimeOffset from,
        DateTimeOffset to,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            """
            SELECT s.post, s.id, s.kind, s.shift, s.at, s.received_at, w.code, s.starts_at, s.ends_at, s.step
            FROM duty_step s
            -- LEFT JOIN is intentional: most steps name nobody
            LEFT JOIN worker w ON w.id = s.worker
            WHERE s.post = ANY ($1) AND s.received_at <= $4
              AND s.shift IN (SELECT shift FROM duty_step WHERE post = ANY ($1) AND ends_at > $2 AND starts_at < $3)
            """,
            posts.Select(post => post.Id).ToArray(),
            from,
            to,
            known
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var steps = (await reader.ReadAllAsync(row => (Post: row.GetInt32(0), Step: ReadStep(row)), cancellation)).ToLookup(
            row => row.Post,
            row => row.Step
        );
        return [.. posts.Select(post => new PostDuty(post, [.. steps[post.Id]]))];
    }
}
