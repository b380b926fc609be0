using SituationMap.Store.Database;

namespace SituationMap.Store.Imports;

/// <summary>The statements by which one collection's rows are compared with the store and written: those of <c>Sql/{collection}.sql</c>,
/// which says what each of them is for. Empty where the file has none of that name.</summary>
/// <param name="Feed">Selects the rows for the feed.</param>
public sealed record StagingSql(string Target, string Faults, string Write, string Mark, string Feed, string Remarks)
{
    private static readonly Dictionary<string, StagingSql> OfCollections = EmbeddedSql
        .Read("Imports.Sql")
        .ToDictionary(file => file.Name, file => OfStatements(EmbeddedSql.Statements(file.Text)));

    public static StagingSql Of(string collection) => OfCollections[collection];

    /// <summary>Codes that are new, and are those of others but for their case.</summary>
    public static string CodesAlike(string collection) =>
        $"""
            SELECT DISTINCT 'codes-alike', format('The code %s is new, and differs from %s only by its case.', t.code, o.code),
              t.code || ', ' || o.code
            FROM import_target t
            JOIN (SELECT code FROM {TableOf(collection)}
                  UNION SELECT code FROM import_target) o ON lower(o.code) = lower(t.code) AND o.code <> t.code
            WHERE t.change = 'new' ORDER BY 2 LIMIT 20
            """;

    private static StagingSql OfStatements(IReadOnlyDictionary<string, string> statements)
    {
        string Named(string name) => statements.GetValueOrDefault(name, "");
        return new StagingSql(Named("target"), Named("faults"), Named("write"), Named("mark"), Named("feed"), Named("remarks"));
    }

    // a table is named as one of what the collection has many of
    private static string TableOf(string collection) => collection[..^1];
}
