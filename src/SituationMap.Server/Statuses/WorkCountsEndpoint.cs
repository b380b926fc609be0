using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Replay;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Statuses;

/// <summary>How much there is to do, grid by grid.</summary>
internal static class WorkCountsEndpoint
{
    public static async Task<Results<Ok<WorkCountsResponse>, ProblemHttpResult>> GetAsync(
        HttpContext context,
        WorkCounts counts,
        PresentWorkCounts present,
        CorrectedSnapshots pictures,
        TimeProvider clock,
        CancellationToken cancellation,
        string? grid = null,
        string? at = null,
        string? known = null
    )
    {
        var asked = await WorkAsked.OfAsync(context.Scope(), pictures, grid, at, known, clock.GetUtcNow(), cancellation);
        if (asked.Fault is { } fault)
            return Problems.BadRequest(fault);
        string[] codes = [.. asked.Grids.Select(index => asked.Snapshot!.City.Grids[index].Code)];
        var (asOf, city, figures) =
            at is null && known is null
                ? await present.AskAsync(codes, cancellation)
                : await counts.AtAsync(asked.Snapshot!, asked.Grids, asked.At, asked.Known, cancellation);
        var within = Enumerable
            .Range(0, city.Grids.Length)
            .Where(index => city.WithAncestors(index).Any(above => codes.Contains(city.Grids[above].Code)));
        return TypedResults.Ok(new WorkCountsResponse(asOf, [.. within.Select(index => Response(city, index, figures[index]))]));
    }

    private static GridWorkResponse Response(City city, int index, WorkFigures figures)
    {
        var grid = city.Grids[index];
        var (households, due, late, critical, done) = figures;
        return new GridWorkResponse(
            grid.Code,
            grid.Parent < 0 ? null : city.Grids[grid.Parent].Code,
            grid.Level,
            households,
            due,
            late,
            critical,
            done
        );
    }
}
