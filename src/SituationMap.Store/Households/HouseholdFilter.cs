using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Store.Access;
using SituationMap.Store.Database;

namespace SituationMap.Store.Households;

/// <summary>One end of a condition: those among them, or all others.</summary>
public sealed record Among(int[] Ids, bool IsAmong);

/// <summary>From an instant on and before another one; null: without that end.</summary>
public readonly record struct Span(DateTimeOffset? From, DateTimeOffset? To);

/// <summary>Years of birth, both ends among them.</summary>
public sealed record Born(int From, int To);

/// <summary>What a household owes, for lists of those who do.</summary>
/// <param name="Since">When the first of it was due.</param>
public readonly record struct Owing(int Household, FactKind What, DateTimeOffset Since);

/// <summary>Which households; null is no condition.</summary>
public sealed record HouseholdFilter(Scope Scope)
{
    /// <summary>The path of a grid, for it and all below.</summary>
    public string? GridPath { get; init; }

    /// <summary>A building's id.</summary>
    public int? Building { get; init; }

    public Status[]? Statuses { get; init; }

    public bool? Surveyed { get; init; }

    /// <summary>Whether the home is let.</summary>
    public bool? Let { get; init; }

    /// <summary>When the status began.</summary>
    public Span Since { get; init; }

    /// <summary>When the status changes with nothing more reported.</summary>
    public Span Until { get; init; }

    /// <summary>Whether a member is known who was born then.</summary>
    public Born? Born { get; init; }

    /// <summary>By ids of households.</summary>
    public Among? Households { get; init; }

    /// <summary>By ids of buildings, all of these.</summary>
    public IReadOnlyList<Among> Buildings { get; init; } = [];

    /// <summary>What households owe, to sort by and to be told.</summary>
    public IReadOnlyList<Owing> Owing { get; init; } = [];
}

/// <summary>
/// The condition of a filter as SQL over a household <c>h</c> with its status <c>s</c>, for one command: the parameters belong to it alone.
/// </summary>
internal sealed class HouseholdCondition
{
    /// <summary>The rows that the condition is about. A household of which nothing was worked out has no row and is healthy.</summary>
    public const string From = "household h LEFT JOIN household_status s ON s.household = h.id";

    private readonly List<SqlValue> _values = [];

    public HouseholdCondition(HouseholdFilter filter)
    {
        List<string> all = [];
        if (filter.Scope.Paths is { } scope)
            all.Add(Scope.Sql("h.grid", Parameter(scope)));
        if (filter.GridPath is { } grid)
            all.Add($"h.grid <@ text2ltree({Parameter(grid)})");
        if (filter.Building is { } building)
            all.Add($"h.building = {Parameter(building)}");
        if (filter.Statuses is { } statuses)
        {
            // not COALESCE: where only rows count, these are found by their indexes
            var among = $"s.status = ANY ({Parameter(statuses)})";
            all.Add(statuses.Contains(Status.Healthy) ? $"(s.status IS NULL OR {among})" : among);
        }
        if (filter.Surveyed is { } surveyed)
            all.Add(surveyed ? "s.surveyed" : "s.surveyed IS NOT TRUE");
        if (filter.Let is { } let)
            all.Add($"(h.tenure = 'let') = {Parameter(let)}");
        Within(filter.Since, "s.since", all);
        Within(filter.Until, "s.until", all);
        if (filter.Born is { } born)
            all.Add(
                $"""
                EXISTS (
                  SELECT FROM person p WHERE p.household = h.id AND p.born >= {Parameter(born.From)} AND p.born <= {Parameter(born.To)}
                )
                """
            );
        if (filter.Households is { } households)
            all.Add($"(h.id = ANY ({Parameter(households.Ids)})) = {Parameter(households.IsAmong)}");
        foreach (var buildings in filter.Buildings)
            all.Add($"(h.building = ANY ({Parameter(buildings.Ids)})) = {Parameter(buildings.IsAmong)}");
        Sql = all.Count == 0 ? "true" : string.Join(" AND ", all);
    }

    public string Sql { get; }

    public SqlValue[] Values => [.. _values];

    /// <summary>Adds a parameter and gives its place, such as $3.</summary>
    public string Parameter(SqlValue value)
    {
        _values.Add(value);
        return $"${_values.Count}";
    }

    private void Within(Span span, string column, List<string> all)
    {
        if (span.From is { } from)
            all.Add($"{column} >= {Parameter(from)}");
        if (span.To is { } to)
            all.Add($"{column} < {Parameter(to)}");
    }
}
