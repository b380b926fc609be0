using System.Text.Json;
using SituationMap.Core.Statuses;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Grids;

/// <param name="Grid">Its code; null: all together.</param>
/// <param name="Counts">Of households, in the order of the columns; null: left out.</param>
internal sealed record FiguresRow(string? Grid, string Name, IReadOnlyList<int?> Counts);

/// <param name="AsOf">When it was so; they are made once a day, so that no difference between two tells of one household.</param>
/// <param name="Least">Counts from 1 to below this are left out, with others that would tell them.</param>
internal sealed record FiguresResponse(DateTimeOffset AsOf, int Least, IReadOnlyList<string> Columns, IReadOnlyList<FiguresRow> Rows);

/// <summary>
/// The figures that everybody may see: households by status in each of the lowest grids, without any that are few. Those of a day are made
/// once, whoever asks first, and kept in the store: those of two servers, or of one started anew, would differ, which tells of households.
/// </summary>
internal sealed class PublicFigures(FiguresOfDay store, SnapshotHolder holder, ProtocolCatalog protocols, TimeProvider clock)
{
    private const int Least = 5;
    private static readonly string[] Columns = ["quarantined", "observed", "out", "healthy", "households"];

    private Tuple<DateOnly, FiguresResponse>? _known;

    /// <summary>Those of today.</summary>
    public async Task<FiguresResponse> TodayAsync(CancellationToken cancellation)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), protocols.Plan.TimeZone).DateTime);
        if (_known is { } known && known.Item1 == day)
            return known.Item2;
        var made = JsonSerializer.Serialize(Make(holder.Current), JsonSerializerOptions.Web);
        var kept = await store.KeepAsync(day, made, cancellation);
        var figures = JsonSerializer.Deserialize<FiguresResponse>(kept, JsonSerializerOptions.Web)!;
        _known = new(day, figures);
        return figures;
    }

    private static FiguresResponse Make(Snapshot snapshot)
    {
        var grids = snapshot.City.Grids;
        var above = grids.Select(grid => grid.Parent).ToHashSet();
        int[] lowest = [.. Enumerable.Range(0, grids.Length).Where(grid => !above.Contains(grid))];
        var table = new int[lowest.Length + 1, Columns.Length];
        for (var row = 0; row < lowest.Length; row++)
        {
            var counts = snapshot.GridCounts[lowest[row]];
            int[] cells = [counts.Quarantined, counts.Observed, counts.Out, counts.Healthy, counts.Households];
            for (var column = 0; column < cells.Length; column++)
            {
                table[row, column] = cells[column];
                table[lowest.Length, column] += cells[column];
            }
        }
        var hidden = CellSuppression.Of(table, Least);
        return new FiguresResponse(
            snapshot.AsOf,
            Least,
            Columns,
            [
                .. Enumerable
                    .Range(0, lowest.Length + 1)
                    .Select(row => new FiguresRow(
                        row < lowest.Length ? grids[lowest[row]].Code : null,
                        row < lowest.Length ? grids[lowest[row]].Name : "",
                        [.. Enumerable.Range(0, Columns.Length).Select(column => hidden[row, column] ? (int?)null : table[row, column])]
                    )),
            ]
        );
    }
}

internal static class FiguresEndpoint
{
    public static IEndpointRouteBuilder MapFigures(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/figures", async (PublicFigures figures, HttpContext context, CancellationToken cancellation) =>
            {
                var today = await figures.TodayAsync(cancellation);
                context.Response.Headers.CacheControl = "public, max-age=3600";
                return TypedResults.Ok(today);
            })
            .OpenToAll()
            .UsesStore()
            .WithTags("Grids")
            .WithSummary(
                "Households by status in each of the lowest grids, once a day, for everybody; counts from 1 to 4 are left out, "
                    + "and others that would tell them"
            );
        return routes;
    }
}
