using System.Security.Cryptography;
using System.Text;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Backups;

/// <summary>What a store holds, to be compared with a copy of it.</summary>
/// <param name="Objects">All definitions by their names: functions, triggers, views, types, constraints, indexes, columns; each as the
/// SHA-256 of how PostgreSQL writes it.</param>
/// <param name="Rows">How many rows each table has.</param>
public sealed record StoreContent(IReadOnlyDictionary<string, string> Objects, IReadOnlyDictionary<string, long> Rows)
{
    /// <summary>To be read with an empty search_path: every name is then written with its schema.</summary>
    private const string Definitions = """
        SELECT 'FUNCTION ' || p.oid::regprocedure::text AS name, pg_get_functiondef(p.oid) AS definition
        FROM pg_proc p WHERE p.pronamespace = 'situation'::regnamespace AND p.prokind = 'f'
        UNION ALL
        SELECT format('TRIGGER %s ON %s', t.tgname, c.oid::regclass), t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'situation'::regnamespace AND NOT t.tgisinternal
        UNION ALL
        SELECT format('CONSTRAINT %s ON %s', n.conname, n.conrelid::regclass), pg_get_constraintdef(n.oid)
        FROM pg_constraint n WHERE n.connamespace = 'situation'::regnamespace AND n.contype <> 't'
        UNION ALL
        SELECT 'INDEX ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'situation'
        UNION ALL
        SELECT format('COLUMN %s.%s', c.oid::regclass, a.attname),
          concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'situation'::regnamespace AND c.relkind IN ('r', 'v')
        UNION ALL
        SELECT 'VIEW ' || c.oid::regclass, pg_get_viewdef(c.oid) FROM pg_class c
        WHERE c.relnamespace = 'situation'::regnamespace AND c.relkind = 'v'
        UNION ALL
        SELECT 'TYPE ' || e.enumtypid::regtype, string_agg(e.enumlabel, ' ' ORDER BY e.enumsortorder) FROM pg_enum e
        JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typnamespace = 'situation'::regnamespace GROUP BY e.enumtypid
        """;

    private const string Tables = """
        SELECT c.oid::regclass::text FROM pg_class c
        WHERE c.relnamespace IN ('situation'::regnamespace, 'hangfire'::regnamespace) AND c.relkind = 'r' ORDER BY 1
        """;

    /// <summary>Reads it in the connection's transaction, whose search_path it empties.</summary>
    public static async Task<StoreContent> ReadAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using (var bare = new NpgsqlCommand("SET LOCAL search_path = ''", connection))
            await bare.ExecuteNonQueryAsync(cancellation);
        var objects = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await using (var command = new NpgsqlCommand(Definitions, connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
                objects.Add(reader.GetString(0), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(reader.GetString(1)))));
        }
        var tables = new List<string>();
        await using (var command = new NpgsqlCommand(Tables, connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
                tables.Add(reader.GetString(0));
        }
        var rows = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var table in tables)
        {
            // a name that PostgreSQL itself has quoted
            await using var count = connection.Command($"SELECT count(*) FROM {table}").Unlimited();
            rows.Add(table, (long)(await count.ExecuteScalarAsync(cancellation))!);
        }
        return new StoreContent(objects, rows);
    }

    /// <summary>In what a copy differs from this, a sentence each.</summary>
    /// <param name="namesOnly">Whether definitions are not compared: another version of PostgreSQL writes them otherwise.</param>
    public IEnumerable<string> Differences(StoreContent copy, bool namesOnly)
    {
        foreach (var (name, definition) in Objects)
        {
            if (!copy.Objects.TryGetValue(name, out var found))
                yield return $"{name} is missing";
            else if (found != definition && !namesOnly)
                yield return $"{name} is defined otherwise";
        }
        foreach (var name in copy.Objects.Keys.Where(name => !Objects.ContainsKey(name)))
            yield return $"{name} is there and was not";
        foreach (var (table, count) in Rows)
        {
            if (copy.Rows.GetValueOrDefault(table) is var found && found != count)
                yield return FormattableString.Invariant($"{table} has {found} rows and had {count}");
        }
    }
}
