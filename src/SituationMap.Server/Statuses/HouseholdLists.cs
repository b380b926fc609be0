using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Households;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Statuses;

/// <param name="Next">Where the next page is; null: this is the last one.</param>
/// <param name="Total">How many there are on all pages; null: count=true did not ask.</param>
internal sealed record HouseholdsResponse(IReadOnlyList<ListedHouseholdResponse> Households, string? Next, int? Total);

/// <summary>A household as a list has it.</summary>
internal sealed record ListedHouseholdResponse : HouseholdResponse
{
    public ListedHouseholdResponse(HouseholdResponse household)
        : base(household) { }

    /// <summary>What it owes, the oldest first; null: nothing in the question was about that.</summary>
    public required IReadOnlyList<OwedResponse>? Overdue { get; init; }
}

/// <param name="What">The kind of fact that is missing: temperature or test.</param>
/// <param name="Since">When the first of them was due.</param>
internal sealed record OwedResponse(string What, DateTimeOffset Since);

/// <param name="Buildings">The ids, as in tiles, of the buildings in which a household of the list lives; null: there are more than
/// 20,000.</param>
/// <param name="Households">The ids, as in tiles, of the households; null: there are more than 20,000.</param>
/// <param name="Total">How many households there are.</param>
internal sealed record HouseholdPlacesResponse(IReadOnlyList<int>? Buildings, IReadOnlyList<int>? Households, int Total);

/// <summary>Households by conditions: as a list in pages, and where they are on the map.</summary>
internal static class HouseholdLists
{
    private const int MaxIds = 20_000;

    private static readonly IReadOnlyDictionary<string, HouseholdOrder> Orders = Enum.GetValues<HouseholdOrder>()
        .ToDictionary(order => order.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    public static IEndpointRouteBuilder MapHouseholdLists(this IEndpointRouteBuilder routes)
    {
        var lists = routes.MapGroup("/api").WithTags("Households").RequiresRight(Right.See).UsesStore();
        lists
            .MapGet("/households/", ListAsync)
            .WithSummary("Households by conditions, sorted, in pages")
            .WithDescription(
                "Conditions: grid, building, zone, status (several with commas), surveyed, let, age of a member, overdue and since when, "
                    + "when the status began and when it changes, misplaced; all of them hold. sort= household (the default), address, "
                    + "grid, status, since, until or overdue, with - before it for the other direction; "
                    + "households that have nothing of it come "
                    + "last either way. count=true tells how many there are on all pages. overdue of a household is told where the "
                    + "conditions or sort= are about it, or with=overdue asks."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        lists
            .MapGet("/households-on-map", FindAllAsync)
            .WithSummary("The ids, as in tiles, of the households that conditions hold for and of their buildings")
            .WithDescription("The conditions are those of GET /api/households. A map that shows these and fades the rest needs them.")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden);
        return routes;
    }

    /// <summary>How a list is sorted; with the fault where there is no such way.</summary>
    public static Fault? ReadOrder(string? sort, out (HouseholdOrder Order, bool IsDescending) order)
    {
        var isDescending = sort?.StartsWith('-') == true;
        order = (HouseholdOrder.Household, isDescending);
        if (sort is null)
            return null;
        if (!Orders.TryGetValue(isDescending ? sort[1..] : sort, out var found))
            return new Fault("value-wrong", "sort", $"one of {string.Join(", ", Orders.Keys)}, or one of these with - before it");
        order = (found, isDescending);
        return null;
    }

    private static async Task<Results<Ok<HouseholdsResponse>, ProblemHttpResult>> ListAsync(
        HttpRequest request,
        HouseholdStore households,
        HouseholdFilters filters,
        SnapshotHolder holder,
        [AsParameters] HouseholdConditions conditions,
        CancellationToken cancellation,
        string? sort = null,
        string? with = null,
        string? count = null,
        int? limit = null,
        int? after = null,
        string? key = null
    )
    {
        if (ReadOrder(sort, out var order) is { } sortFault)
            return Problems.BadRequest(sortFault);
        if (ReadKey(key, order.Order, after, out var begin) is { } keyFault)
            return Problems.BadRequest(keyFault);
        if (Problems.UnlessOneOf("with", with, ["overdue"]) is { } withFault)
            return Problems.BadRequest(withFault);
        if (Problems.UnlessOneOf("count", count, ["true", "false"]) is { } countFault)
            return Problems.BadRequest(countFault);
        if (Paging.CheckLimit(limit) is { } limitFault)
            return Problems.BadRequest(limitFault);
        var (filter, refused) = await filters.ReadAsync(
            request.HttpContext,
            conditions,
            with is not null || order.Order == HouseholdOrder.Overdue,
            cancellation
        );
        if (filter is null)
            return refused!;
        var size = limit ?? Paging.DefaultLimit;
        var (rows, total) = await households.ListAsync(
            filter,
            new HouseholdPage(order.Order, order.IsDescending, begin, after, size),
            count == "true",
            cancellation
        );
        var isAboutOwing =
            with is not null || order.Order == HouseholdOrder.Overdue || conditions is { Overdue: not null } or { OverdueTo: not null };
        var owed = filter.Owing.ToLookup(one => one.Household);
        var city = holder.Current.City;
        ListedHouseholdResponse[] page =
        [
            .. rows.Select(row => new ListedHouseholdResponse(HouseholdEndpoints.Response(row, city))
            {
                Overdue = isAboutOwing
                    ? [.. owed[row.Id].OrderBy(one => one.Since).Select(one => new OwedResponse(FactReader.Name(one.What), one.Since))]
                    : null,
            }),
        ];
        var next = Paging.Next(request, page, size, household => household.Id);
        return TypedResults.Ok(new HouseholdsResponse(page, next is null ? null : WithKey(next, KeyOf(page[^1], order.Order)), total));
    }

    private static async Task<Results<Ok<HouseholdPlacesResponse>, ProblemHttpResult>> FindAllAsync(
        HttpContext context,
        HouseholdStore households,
        HouseholdFilters filters,
        [AsParameters] HouseholdConditions conditions,
        CancellationToken cancellation
    )
    {
        var (filter, refused) = await filters.ReadAsync(context, conditions, withOwing: false, cancellation);
        if (filter is null)
            return refused!;
        var found = await households.FindAllAsync(filter, cancellation);
        int[] buildings = [.. found.Select(one => one.Building).Distinct()];
        return TypedResults.Ok(
            new HouseholdPlacesResponse(
                buildings.Length > MaxIds ? null : buildings,
                found.Length > MaxIds ? null : [.. found.Select(one => one.Household)],
                found.Length
            )
        );
    }

    /// <summary>What the last household of a page is sorted by, as the link to the next page has it; null: it has nothing of it.</summary>
    private static string? KeyOf(ListedHouseholdResponse last, HouseholdOrder order) =>
        order switch
        {
            HouseholdOrder.Address => last.Address,
            HouseholdOrder.Grid => last.Grid,
            HouseholdOrder.Status => last.Status == Status.Healthy.Name() ? null : last.Status,
            HouseholdOrder.Since => Text(last.Since),
            HouseholdOrder.Until => Text(last.Until),
            HouseholdOrder.Overdue => Text(last.Overdue is [var first, ..] ? first.Since : null),
            _ => null,
        };

    private static string? Text(DateTimeOffset? instant) =>
        instant?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static Fault? ReadKey(string? key, HouseholdOrder order, int? after, out object? begin)
    {
        begin = null;
        if (key is null)
            return after is null || order is not (HouseholdOrder.Address or HouseholdOrder.Grid) ? null : Wrong();
        if (after is null)
            return Wrong();
        switch (order)
        {
            case HouseholdOrder.Address:
                begin = key;
                break;
            case HouseholdOrder.Grid when key.Length <= 256 && key.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_'):
                begin = key.Replace('-', '.');
                break;
            case HouseholdOrder.Status:
                begin = StatusNames.Find(key);
                break;
            case HouseholdOrder.Since or HouseholdOrder.Until or HouseholdOrder.Overdue when Instants.TryParse(key, out var instant):
                begin = instant;
                break;
        }
        return begin is null ? Wrong() : null;

        static Fault Wrong() => new("value-wrong", "key", "what the next link of the page before has, beside after");
    }

    /// <summary>The link to the next page, from what the last household of this one is sorted by.</summary>
    private static string WithKey(string next, string? key)
    {
        var at = next.IndexOf('?', StringComparison.Ordinal);
        var query = QueryHelpers
            .ParseQuery(next[at..])
            .Where(parameter => parameter.Key != "key")
            .SelectMany(parameter => parameter.Value.Select(value => KeyValuePair.Create(parameter.Key, value)));
        return QueryHelpers.AddQueryString(next[..at], key is null ? query : query.Append(new("key", key)));
    }
}
