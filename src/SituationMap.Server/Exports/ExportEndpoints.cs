using Hangfire;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Server.Jobs;
using SituationMap.Server.Persons;
using SituationMap.Store.Access;
using SituationMap.Store.Exports;
using SituationMap.Store.Files;

namespace SituationMap.Server.Exports;

/// <param name="State">waiting, writing, ready or failed.</param>
/// <param name="Bytes">Of its file, once it is ready.</param>
/// <param name="Fault">Why it failed.</param>
internal sealed record ExportResponse(Guid Id, string Collection, string Format, string State, long? Bytes, Fault? Fault);

internal static class ExportEndpoints
{
    public static IServiceCollection AddExports(this IServiceCollection services) =>
        services
            .AddSingleton<Exporter>()
            .AddSingleton<ExportRuns>()
            .AddSingleton<ExportJob>()
            .AddSingleton<IOperatorJob, ForgottenExportsJob>()
            .AddWorkers(_ => ExportJob.Queue, workers: 1);

    public static IEndpointRouteBuilder MapExports(this IEndpointRouteBuilder routes)
    {
        foreach (var collection in ExportCollection.All)
        {
            routes
                .MapGet(
                    $"/api/exports/{collection.Name}",
                    (
                        HttpContext context,
                        Exporter exporter,
                        CancellationToken cancellation,
                        string? format = null,
                        string? mark = null,
                        string? purpose = null
                    ) => GetAsync(collection, context, exporter, format, mark, purpose, cancellation)
                )
                .RequiresRight(collection.Right)
                .UsesStore(Burden.Export)
                .WithTags("Exports")
                .WithSummary(collection.Summary)
                .WithDescription(
                    "format= csv (the default), geojson, xlsx or gpkg. A CSV begins with the mark by which Excel knows UTF-8; "
                        + "mark=false leaves it out. "
                        + "Cells that a spreadsheet would run as formulas begin with an apostrophe. Of the caller's own grids "
                        + "only. What is about persons takes purpose=, and more about it in the header Purpose-Note; both are "
                        + "kept in the audit record."
                )
                .Produces<string>(StatusCodes.Status200OK, "text/csv")
                .ProducesProblem(StatusCodes.Status400BadRequest)
                .ProducesProblem(StatusCodes.Status429TooManyRequests)
                .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
            routes
                .MapPost(
                    $"/api/exports/{collection.Name}",
                    (
                        HttpContext context,
                        ExportRuns runs,
                        IBackgroundJobClient client,
                        CancellationToken cancellation,
                        string? format = null,
                        string? mark = null,
                        string? purpose = null
                    ) => PostAsync(collection, context, runs, client, format, mark, purpose, cancellation)
                )
                .RequiresRight(collection.Right)
                .RecordsItself()
                .UsesStore()
                .WithTags("Exports")
                .WithSummary($"Order an export: {Lowered(collection.Summary)}")
                .WithDescription(
                    "As GET, for files that take long: answers 202 at once, and is written whatever becomes of this server. "
                        + "Location tells how far it is. It is kept for a day, for whoever ordered it, "
                        + $"{ExportRuns.MaxOfAccount} of an account."
                )
                .Produces<ExportResponse>(StatusCodes.Status202Accepted)
                .ProducesProblem(StatusCodes.Status400BadRequest)
                .ProducesProblem(StatusCodes.Status429TooManyRequests)
                .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        }
        var ordered = routes.MapGroup("/api/exports/{id:guid}").RequiresRight(Right.See).WithTags("Exports");
        ordered
            .MapGet("", FindAsync)
            .UsesStore()
            .WithSummary("How far an export is that you have ordered")
            .ProducesProblem(StatusCodes.Status404NotFound);
        ordered
            .MapGet("/file", DownloadAsync)
            .UsesStore(Burden.Export)
            .WithSummary("The file of an export that is ready")
            .Produces<string>(StatusCodes.Status200OK, "text/csv")
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        return routes;
    }

    private static string Lowered(string text) => char.ToLowerInvariant(text[0]) + text[1..];

    private static async Task<IResult> GetAsync(
        ExportCollection collection,
        HttpContext context,
        Exporter exporter,
        string? format,
        string? mark,
        string? purpose,
        CancellationToken cancellation
    )
    {
        var (order, refused) = await ReadAsync(collection, context, format, mark, purpose, cancellation);
        return order is null
            ? refused!
            : await SendAsync(context, collection.Name, order.Format, spool =>
                exporter.WriteAsync(collection.Within(order.Grids), order.Format, order.WithMark, spool, cancellation)
            );
    }

    private static async Task<IResult> PostAsync(
        ExportCollection collection,
        HttpContext context,
        ExportRuns runs,
        IBackgroundJobClient client,
        string? format,
        string? mark,
        string? purpose,
        CancellationToken cancellation
    )
    {
        var (order, refused) = await ReadAsync(collection, context, format, mark, purpose, cancellation);
        if (order is null)
            return refused!;
        if (await runs.AddAsync(Account(context), order, cancellation) is not { } run)
            return Problems.From(
                StatusCodes.Status503ServiceUnavailable,
                new Fault("unavailable", "request", "another try when your exports before it are ready")
            );
        client.Enqueue<ExportJob>(ExportJob.Queue, job => job.RunAsync(run.Id, CancellationToken.None));
        return TypedResults.Accepted(context.Request.Below($"/api/exports/{run.Id}"), Describe(run));
    }

    private static async Task<Results<Ok<ExportResponse>, ProblemHttpResult>> FindAsync(
        Guid id,
        HttpContext context,
        ExportRuns runs,
        CancellationToken cancellation
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        return await OwnAsync(id, context, runs, cancellation) is { } run ? TypedResults.Ok(Describe(run)) : Unknown();
    }

    private static async Task<IResult> DownloadAsync(Guid id, HttpContext context, ExportRuns runs, CancellationToken cancellation) =>
        await OwnAsync(id, context, runs, cancellation) is not { } run ? Unknown()
        : run.State != "ready"
            ? Problems.From(StatusCodes.Status409Conflict, new Fault("conflict", "id", "the id of an export that is ready"))
        : await SendAsync(context, run.Order.Collection.Name, run.Order.Format, spool => runs.CopyAsync(id, spool, cancellation));

    /// <summary>One that the caller has ordered, as long as he may see what is in it.</summary>
    private static async Task<ExportRun?> OwnAsync(Guid id, HttpContext context, ExportRuns runs, CancellationToken cancellation)
    {
        var run = await runs.FindAsync(id, Account(context), cancellation);
        if (run is null || context.Caller()?.May(run.Order.Collection.Right) != true)
            return null;
        var scope = context.Scope(run.Order.Collection.Right);
        return scope.IsWholeCity || run.Order.Grids?.All(scope.CoversPath) == true ? run : null;
    }

    private static ProblemHttpResult Unknown() =>
        Problems.NotFound("id", "the id of an export that you have ordered within a day and may see still");

    private static string Account(HttpContext context) => context.User.Identity?.Name ?? "local";

    private static ExportResponse Describe(ExportRun run) =>
        new(run.Id, run.Order.Collection.Name, run.Order.Format, run.State, run.Bytes, run.Fault);

    /// <summary>What is asked for, with what for recorded where it is about persons.</summary>
    private static async Task<(ExportOrder? Order, ProblemHttpResult? Refused)> ReadAsync(
        ExportCollection collection,
        HttpContext context,
        string? format,
        string? mark,
        string? purpose,
        CancellationToken cancellation
    )
    {
        format ??= "csv";
        if (Refuse(format, mark, Exporter.MediaTypes.Keys) is { } wrong)
            return (null, wrong);
        if (collection.Right == Right.SeePersons)
        {
            var (stated, missing) = RequestPurpose.Read(context.Request, purpose);
            if (missing is not null)
                return (null, Problems.BadRequest(missing));
            await context
                .RequestServices.GetRequiredService<AuditStore>()
                .AppendAsync(RequestAudit.Of(context, "export", $"/api/exports/{collection.Name}", stated!.ToString()), cancellation);
        }
        return (new ExportOrder(collection, format, mark != "false", context.Scope(collection.Right).Paths), null);
    }

    /// <summary>Why a file of that format cannot be made; null: it can.</summary>
    public static ProblemHttpResult? Refuse(string format, string? mark, IEnumerable<string> formats) =>
        (Problems.UnlessOneOf("format", format, formats) ?? Problems.UnlessOneOf("mark", mark, ["true", "false"])) is { } fault
            ? Problems.BadRequest(fault)
        : format is "xlsx" or "gpkg" && !Gdal.IsHere
            ? Problems.From(
                StatusCodes.Status503ServiceUnavailable,
                new Fault("gdal-missing", "format", $"csv or geojson, or GDAL on the server: {Gdal.HowToInstall}")
            )
        : null;

    /// <param name="write">Writes the file; only then is it sent.</param>
    public static async Task<IResult> SendAsync(HttpContext context, string name, string format, Func<Stream, Task> write)
    {
        context.Response.Headers.CacheControl = "no-store";
        var spool = ExportSpool.Create();
        try
        {
            await write(spool);
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
        context.NeedsStoreNoMore();
        spool.Position = 0;
        return TypedResults.Stream(spool, Exporter.MediaTypes[format], $"{name}.{format}");
    }
}
