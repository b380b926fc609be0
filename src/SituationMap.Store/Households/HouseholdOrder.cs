using SituationMap.Core;
using SituationMap.Store.Database;

namespace SituationMap.Store.Households;

/// <summary>By what a list of households is sorted.</summary>
public enum HouseholdOrder
{
    /// <summary>By their ids.</summary>
    Household,
    Address,
    Grid,

    /// <summary>By severity; healthy ones come last in either direction.</summary>
    Status,

    /// <summary>By when the status began; those without come last in either direction.</summary>
    Since,

    /// <summary>By when the status changes with nothing more reported; those without come last in either direction.</summary>
    Until,

    /// <summary>By when the first of what they owe was due; those who owe nothing come last in either direction.</summary>
    Overdue,
}

/// <summary>Where a page of a list begins: after a household, by what it is sorted by there.</summary>
/// <param name="Key">What the household before had: a text, a grid's path, a status or an instant as <see cref="HouseholdOrder"/> has it;
/// null: nothing.</param>
/// <param name="After">Its id; null: from the beginning.</param>
/// <param name="Limit">How many at the most; null: all.</param>
public sealed record HouseholdPage(HouseholdOrder Order, bool IsDescending, object? Key, int? After, int? Limit)
{
    /// <summary>What the list is sorted by, in SQL over a household; null: by the id alone.</summary>
    private string? KeySql =>
        Order switch
        {
            HouseholdOrder.Address => Address("b.address"),
            HouseholdOrder.Grid => "h.grid",
            HouseholdOrder.Status => "s.status",
            HouseholdOrder.Since => "s.since",
            HouseholdOrder.Until => "s.until",
            HouseholdOrder.Overdue => "o.since",
            _ => null,
        };

    /// <summary>As much of an address as its index has.</summary>
    private static string Address(string text) => $"left({text}, 400)";

    /// <summary>That a household has it, and that it has not; null: all have it.</summary>
    private (string Has, string HasNot)? Presence =>
        Order switch
        {
            HouseholdOrder.Status => ("s.status <> 'healthy'", "(s.status IS NULL OR s.status = 'healthy')"),
            HouseholdOrder.Since => ("s.since IS NOT NULL", "s.since IS NULL"),
            HouseholdOrder.Until => ("s.until IS NOT NULL", "s.until IS NULL"),
            HouseholdOrder.Overdue => ("o.since IS NOT NULL", "o.since IS NULL"),
            _ => null,
        };

    /// <summary>
    /// The ids of the page's households in their order, with what they are sorted by: those that have it and then those that have not are
    /// two lists, so that an index gives the first of each however many there are.
    /// </summary>
    internal string Sql(HouseholdCondition condition, IReadOnlyList<Owing> owing)
    {
        var (direction, beyond) = IsDescending ? ("DESC", "<") : ("ASC", ">");
        var limit = Limit is { } most ? $"LIMIT {condition.Parameter(most)}" : "";
        var after = After is { } household ? condition.Parameter(household) : null;
        var from = HouseholdCondition.From + (Order == HouseholdOrder.Address ? " JOIN building b ON b.id = h.building" : "");
        if (Order == HouseholdOrder.Overdue)
        {
            var first = owing.GroupBy(one => one.Household, (id, all) => (Id: id, Since: all.Min(one => one.Since))).ToArray();
            var ids = condition.Parameter(first.Select(one => one.Id).ToArray());
            var since = condition.Parameter(SqlValue.Instants(first.Select(one => (DateTimeOffset?)one.Since)));
            from += $" LEFT JOIN unnest({ids}, {since}) AS o (household, since) ON o.household = h.id";
        }
        List<string> lists = [];
        if (KeySql is { } key && (after is null || Key is not null))
        {
            var begin = after is null ? "true" : $"({key}, h.id) {beyond} ({KeySqlOf(condition.Parameter(KeyValue))}, {after})";
            lists.Add(
                $"""
                (SELECT h.id, {key} AS key FROM {from} WHERE {condition.Sql} AND {Presence?.Has ?? "true"} AND {begin}
                 ORDER BY {key} {direction}, h.id {direction} {limit})
                """
            );
        }
        if (KeySql is null || Presence is not null)
        {
            var begin = after is null || Key is not null ? "true" : $"h.id {beyond} {after}";
            lists.Add(
                $"""
                (SELECT h.id, NULL AS key FROM {from}
                 WHERE {condition.Sql} AND {Presence?.HasNot ?? "true"} AND {begin}
                 ORDER BY h.id {direction} {limit})
                """
            );
        }
        return $"SELECT id, key FROM ({string.Join(" UNION ALL ", lists)}) listed {InOrder} {limit}";
    }

    /// <summary>The order of what <see cref="Sql"/> gives, where that is called <c>listed</c>.</summary>
    internal string InOrder =>
        IsDescending ? "ORDER BY listed.key DESC NULLS LAST, listed.id DESC" : "ORDER BY listed.key NULLS LAST, listed.id";

    private string KeySqlOf(string parameter) => Order == HouseholdOrder.Address ? Address(parameter) : parameter;

    private SqlValue KeyValue =>
        Key switch
        {
            DateTimeOffset instant => instant,
            Status status => status,
            string path when Order == HouseholdOrder.Grid => SqlValue.LTree(path),
            var text => (string)text!,
        };
}
