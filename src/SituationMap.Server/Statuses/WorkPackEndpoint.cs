using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Core.Work;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Statuses;

/// <summary>What a round needs without a network: no names, no phones, nothing that anybody wrote.</summary>
/// <param name="AsOf">The server's clock, by which that of a phone is put right.</param>
/// <param name="Until">So far ahead is told what is to be done.</param>
/// <param name="Name">The grid's.</param>
/// <param name="Since">The tag of the pack that this is to be put into: each of its homes stands in place of the one there; null: it is
/// whole.</param>
/// <param name="Buildings">All of the grid, in walking order; with <paramref name="Since"/> only homes that have changed.</param>
/// <param name="Kinds">What may be reported on a round; decisions are made elsewhere.</param>
internal sealed record WorkPackResponse(
    DateTimeOffset AsOf,
    DateTimeOffset Until,
    string Grid,
    string Name,
    string TimeZone,
    string? Since,
    IReadOnlyList<PackedBuildingResponse> Buildings,
    IReadOnlyList<PackedKindResponse> Kinds
);

/// <param name="Bounds">Where it is: west, south, east, north in degrees (WGS 84).</param>
/// <param name="Homes">Entrance by entrance, floor by floor, door by door.</param>
internal sealed record PackedBuildingResponse(
    string Building,
    string Address,
    [property: Schema("Box")] double[] Bounds,
    IReadOnlyList<PackedHomeResponse> Homes
);

/// <param name="Label">What is on the door, such as 2-301.</param>
/// <param name="Until">When its status changes with nothing more reported; null: open.</param>
/// <param name="Members">The codes of its members, who are called by their numbers.</param>
/// <param name="Items">What is to be done until the pack's end and what can still be made up for, the soonest first.</param>
internal sealed record PackedHomeResponse(
    string Household,
    string Label,
    [property: Schema("Status")] string Status,
    bool Surveyed,
    DateTimeOffset? Until,
    IReadOnlyList<string> Members,
    IReadOnlyList<WorkItemResponse> Items
);

/// <param name="Kind">Of facts, such as <c>temperature</c>.</param>
/// <param name="Fields">What its <c>data</c> hold.</param>
internal sealed record PackedKindResponse(string Kind, IReadOnlyList<PackedFieldResponse> Fields);

/// <param name="Type">text, division, checkpoint, choice, wholeNumber, number, boolean, instant or fact.</param>
/// <param name="Choices">Of a choice; null: it is none.</param>
internal sealed record PackedFieldResponse(string Name, FactFieldType Type, bool IsRequired, IReadOnlyList<string>? Choices);

internal static class WorkPackEndpoint
{
    /// <summary>A phone's day; a pack of more than a community would be no round.</summary>
    public const int MaxHomes = 3_000;

    private static readonly TimeSpan Ahead = TimeSpan.FromHours(36);

    /// <summary>Decisions, which are not made at a door.</summary>
    private static readonly FactKind[] Elsewhere = [FactKind.Order, FactKind.Release, FactKind.Override, FactKind.Answered];

    private static readonly PackedKindResponse[] Kinds =
    [
        .. Enum.GetValues<FactKind>()
            .Except(Elsewhere)
            .Select(kind => new PackedKindResponse(FactReader.Name(kind), [.. FactSchema.Of(kind).Select(Response)])),
    ];

    public static IEndpointRouteBuilder MapWorkPack(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/work/pack", GetAsync)
            .RequiresRight(Right.Report)
            .UsesStore()
            .IsCompressed()
            .WithTags("Households")
            .WithSummary("What a round through a grid needs for 36 hours without a network")
            .WithDescription(
                "Every home of the grid in walking order, with its members by their codes, its status, and what is to be done there. "
                    + "It never holds a name or a phone. With If-None-Match it answers 304 as long as nothing in it has changed; with "
                    + "since, the ETag of an earlier pack, it has only the homes that have changed, where that pack is still known and "
                    + "no home has come or gone."
            )
            .Produces(StatusCodes.Status304NotModified)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static async Task<Results<Ok<WorkPackResponse>, StatusCodeHttpResult, ProblemHttpResult>> GetAsync(
        HttpContext context,
        WorkList work,
        RoundHomes homes,
        KnownPacks known,
        SnapshotHolder holder,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation,
        string? grid = null,
        string? since = null
    )
    {
        var (snapshot, now) = (holder.Current, clock.GetUtcNow());
        var city = snapshot.City;
        if (grid is null)
            return Problems.BadRequest(new Fault("field-missing", "grid", "the code of the grid to go round"));
        if (!city.GridByCode.TryGetValue(grid, out var place))
            return Problems.BadRequest(new Fault("value-wrong", "grid", "the code of a known grid"));
        if (ScopeFilter.Check(context.Scope(Right.Report), city, grid, building: null) is { } outside)
            return Problems.BadRequest(outside);
        int[] indexes =
        [
            .. city
                .Buildings.Where(building => city.WithAncestors(building.Grid).Contains(place))
                .SelectMany(building => Enumerable.Range(building.FirstHousehold, building.HouseholdCount)),
        ];
        if (indexes.Length > MaxHomes)
            return Problems.BadRequest(new Fault("value-wrong", "grid", $"a grid of at most {MaxHomes} households"));
        Array.Sort(indexes, new WalkingOrder(city));

        var query = new WorkQuery([place], After: null, Kind: null, IsOverdue: null, MaxHomes) { Ahead = Ahead };
        var due = (await work.PageAsync(snapshot, query, now, cancellation)).ToDictionary(one => one.Index);
        var details = await homes.LoadAsync([.. indexes.Select(index => city.Households[index].Id)], cancellation);
        var pack = new WorkPackResponse(
            AsOf: default,
            Until: default,
            grid,
            city.Grids[place].Name,
            protocols.Plan.TimeZone.Id,
            Since: null,
            [
                .. indexes
                    .GroupBy(index => city.Households[index].Building)
                    .Select(group => Response(city.Buildings[group.Key], group.SelectMany(Home))),
            ],
            Kinds
        );
        // the clock goes on while nothing changes
        var (tag, changed) = known.Add(pack, since);
        var header = new EntityTagHeaderValue($"\"{tag}\"", isWeak: true);
        Caching.Apply(context, isFinal: false);
        context.Response.GetTypedHeaders().ETag = header;
        return context.Request.GetTypedHeaders().IfNoneMatch.Any(had => had.Compare(header, useStrongComparison: false))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Ok(changed with { AsOf = now, Until = now + Ahead });

        IEnumerable<PackedHomeResponse> Home(int index)
        {
            var household = city.Households[index];
            // one that was taken away meanwhile is left out
            if (!details.TryGetValue(household.Id, out var home))
                yield break;
            var building = city.Buildings[household.Building];
            var state = snapshot.States[index];
            yield return new PackedHomeResponse(
                household.Code,
                household.Label(building),
                state.Status.Name(),
                state.Surveyed,
                home.Until,
                home.Members,
                due.GetValueOrDefault(index) is not { } found
                    ? []
                    :
                    [
                        .. found
                            .Items.Where(item => item.State == WorkState.Due || !item.IsDaily)
                            .Select(item =>
                                WorkEndpoint.Response(
                                    household.Code,
                                    item,
                                    found.Members,
                                    protocols.Plan.ForGrid(city.Grids[building.Grid].Code),
                                    now,
                                    found.Members
                                )
                            ),
                    ]
            );
        }
    }

    private static PackedBuildingResponse Response(Building building, IEnumerable<PackedHomeResponse> homes)
    {
        var box = building.Outline.EnvelopeInternal;
        return new PackedBuildingResponse(building.Code, building.Address, [box.MinX, box.MinY, box.MaxX, box.MaxY], [.. homes]);
    }

    private static PackedFieldResponse Response(FactField field) =>
        new(field.Name, field.Type, field.IsRequired, field.Choices.Count == 0 ? null : [.. field.Choices.Keys]);
}
