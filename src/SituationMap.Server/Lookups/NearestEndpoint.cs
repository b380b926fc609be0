using System.Globalization;
using SituationMap.Core;
using SituationMap.Core.Projections;
using SituationMap.Geo.Indexes;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Replay;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Lookups;

/// <summary>What is nearest to a point. A building, with its households, is where its inner point is.</summary>
internal static class NearestEndpoint
{
    private const int MaxNearest = 10_000;

    public static void MapNearest(this IEndpointRouteBuilder api) =>
        api.MapGet("/nearest", GetAsync)
            .WithSummary("The households, buildings or checkpoints nearest to a point")
            .WithDescription(
                "of= households, buildings or checkpoints; lon and lat, or x and y with crs=, which is also that of the "
                    + "answer: lon and lat, or x (easting) and y (northing) in metres; within= metres at the most; limit= and after= "
                    + "for pages, of 10,000 in all; at= a past instant. Equally near ones come in the order of their grids."
            )
            .Produces<PlacedListResponse>();

    private static async Task<IResult> GetAsync(
        HttpContext context,
        PastSnapshots past,
        CoordinateSystems systems,
        CancellationToken cancellation,
        string? of = null,
        string? lon = null,
        string? lat = null,
        string? x = null,
        string? y = null,
        string? crs = null,
        string? within = null,
        int? limit = null,
        int after = 0,
        string? at = null
    )
    {
        var (position, fault) = PositionReader.Read(systems, lon, lat, x, y, crs);
        double? metres = null;
        fault ??= Placed.CheckKind(of) ?? Paging.CheckLimit(limit) ?? Placed.Metres("within", within, ref metres);
        if (fault is null && after is < 0 or >= MaxNearest)
            fault = new Fault("value-wrong", "after", "what a next link has");
        if (fault is not null)
            return Problems.BadRequest(fault);
        var asked = await past.AskAsync(at, cancellation);
        if (asked.Found is not { } snapshot)
            return Problems.BadRequest(asked.Fault!);
        Caching.Apply(context, asked.IsFinal);
        var (city, scope, most) = (snapshot.City, context.Scope(), Math.Min(MaxNearest, after + (limit ?? Paging.DefaultLimit) + 1));
        var found = new List<Near>();
        if (of == "checkpoints")
            city.NearCheckpoints.Find(position.Longitude, position.Latitude, most, found, metres ?? double.PositiveInfinity);
        else
        {
            // outside the caller's jurisdiction nothing is told, so farther ones take their place
            for (var taken = most; ; taken = Math.Min(taken * 4, city.Buildings.Length))
            {
                city.LookupIndex.NearBuildings.Find(position.Longitude, position.Latitude, taken, found, metres ?? double.PositiveInfinity);
                var all = found.Count < taken || taken >= city.Buildings.Length;
                found.RemoveAll(near =>
                    !scope.Covers(city, city.Buildings[near.Index].Grid)
                    || (of == "households" && city.Buildings[near.Index].HouseholdCount == 0)
                );
                if (found.Count >= most || all)
                    break;
            }
            if (of == "households")
                found =
                [
                    .. found
                        .SelectMany(near =>
                            Enumerable
                                .Range(city.Buildings[near.Index].FirstHousehold, city.Buildings[near.Index].HouseholdCount)
                                .Select(index => new Near(index, near.Metres))
                        )
                        .Take(most),
                ];
        }
        var page = found.Take(most).Skip(after).Take(limit ?? Paging.DefaultLimit).ToArray();
        var end = after + page.Length;
        return TypedResults.Ok(
            Placed.Answer(
                context,
                snapshot,
                position.System!,
                of!,
                Math.Min(found.Count, most),
                page.Select(near => (near.Index, (double?)near.Metres)),
                end < Math.Min(found.Count, most) ? end.ToString(CultureInfo.InvariantCulture) : null
            )
        );
    }
}
