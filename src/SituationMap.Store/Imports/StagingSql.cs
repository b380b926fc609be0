namespace SituationMap.Store.Imports;

/// <summary>The statements by which one collection's rows are compared with the store and written.</summary>
/// <param name="Target">Selects each row as it would be in the store: row, code, id, change, fault, and the columns.</param>
/// <param name="Faults">Selects row, code, field, fault, expected of what does not fit.</param>
/// <param name="Write">Adds the rows that are new and updates those that changed.</param>
/// <param name="Mark">Marks the households dirty whose status may follow from it.</param>
/// <param name="Told">Selects kind, grid, subject, touched: the rows for the feed.</param>
/// <param name="Remarks">Selects code, words: what is taken and should be known.</param>
public sealed partial record StagingSql(string Target, string Faults, string Write, string Mark, string Told, string Remarks = "")
{
    public static StagingSql Of(string collection) =>
        collection switch
        {
            "grids" => Grids,
            "buildings" => Buildings,
            "households" => Households,
            "persons" => Persons,
            "checkpoints" => Checkpoints,
            "zones" => Zones,
            _ => throw new ArgumentOutOfRangeException(nameof(collection), collection, null),
        };

    /// <summary>Codes that are new, and are those of others but for their case.</summary>
    public static string CodesAlike(string collection) =>
        $"""
            SELECT DISTINCT 'codes-alike', format('The code %s is new, and differs from %s only by its case.', t.code, o.code)
            FROM import_target t
            JOIN (SELECT code FROM {TableOf(collection)}
                  UNION SELECT code FROM import_target) o ON lower(o.code) = lower(t.code) AND o.code <> t.code
            WHERE t.change = 'new' ORDER BY 2 LIMIT 20
            """;

    private static string TableOf(string collection) =>
        collection switch
        {
            "grids" => "grid",
            "buildings" => "building",
            "households" => "household",
            "persons" => "person",
            "checkpoints" => "checkpoint",
            _ => "zone",
        };

    private const string Unmappable = "WHEN 'unmappable' THEN 'an outline that PostGIS takes for valid' ";
}
