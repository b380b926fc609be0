using Npgsql;

namespace SituationMap.Store.Database;

/// <summary>
/// The store's functions, triggers and views. Unlike the numbered steps, which change tables and are applied once, their texts are
/// replaced: a database has those of the program that migrated it last. What was made is recorded with how PostgreSQL writes it, so that
/// one that is missing, was changed or switched off since is found at the next start.
/// </summary>
/// <param name="Texts">Run in this order.</param>
public sealed record StoreFunctions(IReadOnlyList<string> Texts)
{
    /// <summary>Those of this program: <c>Database/Functions/*.sql</c>, and what is written from the fields of facts.</summary>
    public static StoreFunctions Embedded { get; } =
        new([FactFieldsSql.Function, .. EmbeddedSql.Read("Database.Functions").Select(file => file.Text)]);

    /// <summary>
    /// All functions, views and triggers in the schema: what DROP calls each, how it is written, and which transaction wrote it. To be run
    /// with an empty search_path: every name is then written with its schema, here and in a restored copy.
    /// </summary>
    private const string Catalogue = """
        SELECT 'FUNCTION ' || p.oid::regprocedure::text AS name, md5(pg_get_functiondef(p.oid)) AS definition, p.xmin AS written
        FROM pg_proc p WHERE p.pronamespace = 'situation'::regnamespace AND p.prokind = 'f'
        UNION ALL
        SELECT 'VIEW ' || c.oid::regclass::text, md5(pg_get_viewdef(c.oid)), r.xmin
        FROM pg_class c JOIN pg_rewrite r ON r.ev_class = c.oid WHERE c.relnamespace = 'situation'::regnamespace AND c.relkind = 'v'
        UNION ALL
        SELECT format('TRIGGER %I ON %s', t.tgname, c.oid::regclass), md5(pg_get_triggerdef(t.oid) || t.tgenabled::text), t.xmin
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'situation'::regnamespace AND NOT t.tgisinternal
        """;

    private readonly string _checksum = EmbeddedSql.Checksum(string.Join('\n', Texts));

    /// <summary>What the database lacks, as a part of a sentence; null: nothing.</summary>
    public async Task<string?> FindFaultAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        if (Texts.Count == 0)
            return null;
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        await ExecuteAsync(connection, "SET LOCAL search_path = ''", cancellation);
        await using var compare = connection.Command(
            $"""
            SELECT count(*) > 0 AND bool_and(o.source = $1), min(o.name) FILTER (WHERE f.definition IS DISTINCT FROM o.definition)
            FROM situation.schema_object o LEFT JOIN ({Catalogue}) f USING (name)
            """,
            _checksum
        );
        await using var reader = await compare.ExecuteReaderAsync(cancellation);
        await reader.ReadAsync(cancellation);
        return !reader.IsDBNull(1) ? $"{reader.GetString(1)} is missing, was changed or switched off"
            : !reader.GetBoolean(0) ? "functions and triggers are those of another version"
            : null;
    }

    /// <summary>
    /// Makes all of them anew, removes those that an earlier version made and this one does not have, and records them: all or nothing.
    /// </summary>
    public async Task ReplaceAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        foreach (var text in Texts)
            await Migrator.ExecuteTextAsync(connection, text, cancellation);
        await ExecuteAsync(
            connection,
            $"""
            SET LOCAL search_path = '';
            CREATE TEMP TABLE made ON COMMIT DROP AS SELECT name, definition FROM ({Catalogue}) f WHERE written = pg_current_xact_id()::xid;
            DO $$
            DECLARE
              former text;
            BEGIN
              -- views and triggers before the functions that they use
              FOR former IN
                SELECT name FROM situation.schema_object WHERE name NOT IN (SELECT name FROM pg_temp.made) ORDER BY name DESC
              LOOP
                EXECUTE regexp_replace(former, '^\w+', 'DROP \& IF EXISTS');
              END LOOP;
            END $$;
            DELETE FROM situation.schema_object;
            """,
            cancellation
        );
        await using var record = connection.Command(
            "INSERT INTO situation.schema_object (name, definition, source) SELECT name, definition, $1 FROM pg_temp.made",
            _checksum
        );
        await record.ExecuteNonQueryAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellation);
    }
}
