using SituationMap.Core.Facts;
using SituationMap.Store.Database;
using SituationMap.Store.Exports;

namespace SituationMap.Store.Households;

/// <summary>A list of households as a file.</summary>
public static class HouseholdFile
{
    private static readonly (string Name, string Sql)[] All =
    [
        ("household", "h.code AS household"),
        ("address", "b.address, h.unit, h.floor, h.room"),
        ("status", "COALESCE(s.status, 'healthy')::text AS status"),
        ("since", "s.since"),
        ("until", "s.until"),
        ("overdue", "owed.what AS overdue, owed.since AS \"overdueSince\""),
        ("persons", "(SELECT count(*)::int FROM person p WHERE p.household = h.id) AS persons"),
        ("surveyed", "COALESCE(s.surveyed, false) AS surveyed"),
        ("let", "h.tenure = 'let' AS let"),
        ("grid", "replace(ltree2text(h.grid), '.', '-') AS grid"),
    ];

    /// <summary>The columns that a file may have, in their order; a home's address has its unit, floor and room beside it.</summary>
    public static IReadOnlyList<string> Columns { get; } = [.. All.Select(column => column.Name)];

    /// <param name="page">All of it; only its order counts.</param>
    /// <param name="columns">Of <see cref="Columns"/>.</param>
    public static ExportQuery Of(HouseholdFilter filter, HouseholdPage page, IReadOnlyCollection<string> columns)
    {
        var chosen = Enumerable.Range(0, All.Length).Where(index => columns.Contains(All[index].Name)).ToArray();
        return new ExportQuery($"household_list_{chosen.Sum(index => 1 << index)}", HasGeometry: false, Make().Sql, () =>
            Make().Condition.Values
        );

        (string Sql, HouseholdCondition Condition) Make()
        {
            var condition = new HouseholdCondition(filter);
            var ids = page.Sql(condition, filter.Owing);
            var owed = filter
                .Owing.GroupBy(
                    one => one.Household,
                    (household, all) =>
                    {
                        var byAge = all.OrderBy(one => one.Since).ToArray();
                        return (household, What: string.Join(", ", byAge.Select(one => FactReader.Name(one.What))), byAge[0].Since);
                    }
                )
                .ToArray();
            var households = condition.Parameter(owed.Select(one => one.household).ToArray());
            var what = condition.Parameter((string?[])[.. owed.Select(one => one.What)]);
            var since = condition.Parameter(SqlValue.Instants(owed.Select(one => (DateTimeOffset?)one.Since)));
            return (
                $"""
                SELECT {string.Join(", ", chosen.Select(index => All[index].Sql))}
                FROM ({ids}) listed JOIN ({HouseholdStore.From}) ON h.id = listed.id
                LEFT JOIN unnest({households}, {what}, {since}) AS owed (household, what, since) ON owed.household = h.id
                {page.InOrder}
                """,
                condition
            );
        }
    }
}
