using SituationMap.Core;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Server.Statuses;
using SituationMap.Store.Access;
using SituationMap.Store.Exports;
using SituationMap.Store.Households;

namespace SituationMap.Server.Exports;

/// <summary>A list of households as a file: the same ones in the same order as GET /api/households has them.</summary>
internal static class HouseholdListExport
{
    private static readonly string[] Formats = ["csv", "xlsx"];

    public static IEndpointRouteBuilder MapHouseholdListExport(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/exports/household-list", GetAsync)
            .RequiresRight(Right.See)
            .UsesStore(Burden.Export)
            .WithTags("Exports")
            .WithSummary("A list of households as a file, whole")
            .WithDescription(
                "Conditions and sort= are those of GET /api/households. columns= chooses among "
                    + $"{string.Join(", ", HouseholdFile.Columns)}, in this order; address has unit, floor and room beside it, overdue "
                    + "since when. format= csv (the default) or xlsx. "
                    + "Cells that a spreadsheet would run as formulas begin with an apostrophe."
            )
            .Produces<string>(StatusCodes.Status200OK, "text/csv")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status429TooManyRequests)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        return routes;
    }

    private static async Task<IResult> GetAsync(
        HttpContext context,
        Exporter exporter,
        HouseholdFilters filters,
        [AsParameters] HouseholdConditions conditions,
        CancellationToken cancellation,
        string? sort = null,
        string? columns = null,
        string? format = null,
        string? mark = null
    )
    {
        format ??= "csv";
        if (ExportEndpoints.Refuse(format, mark, Formats) is { } wrong)
            return wrong;
        if (HouseholdLists.ReadOrder(sort, out var order) is { } sortFault)
            return Problems.BadRequest(sortFault);
        var chosen = columns?.Split(',') ?? [.. HouseholdFile.Columns];
        if (chosen.Any(column => !HouseholdFile.Columns.Contains(column)))
            return Problems.BadRequest(
                new Fault("value-wrong", "columns", $"one or more of {string.Join(", ", HouseholdFile.Columns)}, with commas between")
            );
        var isAboutOwing = chosen.Contains("overdue") || order.Order == HouseholdOrder.Overdue;
        var (filter, refused) = await filters.ReadAsync(context, conditions, isAboutOwing, cancellation);
        if (filter is null)
            return refused!;
        var all = new HouseholdPage(order.Order, order.IsDescending, Key: null, After: null, Limit: null);
        var query = HouseholdFile.Of(filter, all, chosen);
        return await ExportEndpoints.SendAsync(context, "households", format, spool =>
            exporter.WriteAsync(query, format, mark != "false", spool, cancellation)
        );
    }
}
