using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Store.Exports;

/// <summary>What a file is made of: the columns in their order, the last one the geometry where there is one.</summary>
/// <param name="Name">Of the rows, as an identifier of SQL. Queries of one name have the same columns.</param>
/// <param name="Values">Makes the parameters, for each command anew.</param>
public sealed record ExportQuery(string Name, bool HasGeometry, string Sql, Func<SqlValue[]> Values);

/// <summary>
/// What can be exported. Each query takes $1, the paths of the grids to keep to (null: all), and gives its columns in the order of the
/// file; the last one is the geometry where the collection has one.
/// </summary>
/// <param name="Right">What it takes to see it.</param>
public sealed record ExportCollection(string Name, string Summary, Right Right, bool HasGeometry, string Sql)
{
    /// <param name="grids">The paths of the grids to keep to; null: all.</param>
    public ExportQuery Within(string[]? grids) => new(Name, HasGeometry, Sql, () => [SqlValue.LTree(grids)]);

    public static IReadOnlyList<ExportCollection> All { get; } =
    [
        new(
            "grids",
            "The grids, as an import takes them",
            Right.See,
            true,
            """
            SELECT code, replace(ltree2text(parent), '.', '-') AS parent, level, name, outline
            FROM grid WHERE $1::ltree[] IS NULL OR path <@ ANY ($1) ORDER BY path
            """
        ),
        new(
            "buildings",
            "The buildings, as an import takes them",
            Right.See,
            true,
            """
            SELECT code, replace(ltree2text(grid), '.', '-') AS grid, address, kind, floors, units, outline
            FROM building WHERE $1::ltree[] IS NULL OR grid <@ ANY ($1) ORDER BY code
            """
        ),
        new(
            "households",
            "The households with their present status; an import takes them back without it",
            Right.See,
            true,
            """
            SELECT h.code, b.code AS building, h.unit, h.floor, h.room, h.doors, h.tenure, h.pass_issued_at AS "passIssuedAt",
                   COALESCE(s.status, 'healthy')::text AS status, s.since, s.until, COALESCE(s.surveyed, false) AS surveyed, b.point
            FROM household h JOIN building b ON b.id = h.building
            -- LEFT JOIN is intentional: no row is the state in which all begin
            LEFT JOIN household_status s ON s.household = h.id
            WHERE $1::ltree[] IS NULL OR h.grid <@ ANY ($1) ORDER BY h.code
            """
        ),
        new(
            "persons",
            "The known members of the households, as an import takes them",
            Right.SeePersons,
            false,
            """
            SELECT p.code, h.code AS household, p.born, p.sex
            FROM person p JOIN household h ON h.id = p.household WHERE $1::ltree[] IS NULL OR p.grid <@ ANY ($1) ORDER BY p.code
            """
        ),
        new(
            "checkpoints",
            "The checkpoints, as an import takes them",
            Right.See,
            true,
            """
            SELECT code, replace(ltree2text(grid), '.', '-') AS grid, name, manned, location
            FROM checkpoint WHERE $1::ltree[] IS NULL OR grid <@ ANY ($1) ORDER BY code
            """
        ),
        new(
            "zones",
            "The zones in force, as an import takes them",
            Right.See,
            true,
            """
            SELECT z.code, p.name, p.level, p.starts_at AS "from", p.ends_at AS "to", v.reason, p.outline
            FROM zone_period p JOIN zone z ON z.id = p.zone JOIN zone_version v ON v.zone = p.zone AND v.version = p.version
            WHERE p.starts_at <= now() AND (p.ends_at IS NULL OR p.ends_at > now())
              AND ($1::ltree[] IS NULL OR EXISTS (SELECT FROM grid g WHERE g.path = ANY ($1) AND ST_Intersects(g.outline, p.outline)))
            ORDER BY z.code
            """
        ),
        new(
            "returnees",
            "The ledger of who came back: from where, when, at what risk",
            Right.SeePersons,
            false,
            Ledger("f.data->>'from' AS \"from\", f.data->>'risk' AS risk, f.data->>'leftRiskAreaAt' AS \"leftRiskAreaAt\"", "'returned'")
        ),
        new(
            "contacts",
            "The ledger of contacts of cases",
            Right.SeePersons,
            false,
            Ledger("(f.data->>'degree')::int AS degree, f.data->>'lastExposure' AS \"lastExposure\"", "'contact'")
        ),
        new(
            "readings",
            "The ledger of observation: temperatures and tests",
            Right.SeePersons,
            false,
            Ledger("f.kind::text AS kind, (f.data->>'celsius')::float8 AS celsius, f.data->>'result' AS result", "'temperature', 'test'")
        ),
    ];

    /// <summary>The facts of one kind that count. The arguments are the literals above.</summary>
    private static string Ledger(string columns, string kinds) =>
        $"""
            SELECT f.id::text AS id, f.at, h.code AS household, p.code AS person, b.code AS building, b.address, h.unit, h.floor, h.room,
              {columns}, f.source, f.received_at AS "receivedAt"
            FROM counting_fact f JOIN household h ON h.id = f.household JOIN building b ON b.id = h.building
            -- LEFT JOIN is intentional: a fact without a person is of the whole household
            LEFT JOIN person p ON p.id = f.person
            WHERE f.kind IN ({kinds}) AND ($1::ltree[] IS NULL OR f.grid <@ ANY ($1))
            ORDER BY f.at, f.id
            """;
}
