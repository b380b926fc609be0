using System.Text.Json;
using Hangfire;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SituationMap.Core;
using SituationMap.Core.Projections;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Server.Jobs;
using SituationMap.Store.Access;
using SituationMap.Store.Files;
using SituationMap.Store.Imports;

namespace SituationMap.Server.Imports;

internal static class ImportEndpoints
{
    public static IServiceCollection AddImports(this IServiceCollection services)
    {
        services.AddSingleton<ZoneImport>().AddSingleton<Importer>().AddSingleton<ImportFiles>().AddSingleton<ImportRuns>();
        services.AddSingleton<ImportJob>().AddSingleton<IOperatorJob, ForgottenImportsJob>();
        return services.AddWorkers(provider => ImportJob.QueueOf(provider.GetRequiredService<ImportFiles>()), workers: 1);
    }

    public static IEndpointRouteBuilder MapImports(this IEndpointRouteBuilder routes)
    {
        var imports = routes.MapGroup("/api/imports").WithTags("Imports").RequiresRight(Right.Import);
        imports
            .MapPost("", PostAsync)
            .WithMetadata(new RequestSizeLimitAttribute(ImportFolder.MaxBytes + (1 << 20)))
            .DisableAntiforgery()
            .WithSummary("Import a file: GeoJSON, CSV, Shapefile (also zipped), GeoPackage, DXF, XLSX")
            .WithDescription(
                "multipart/form-data: as (grids, buildings, households, persons, checkpoints or zones), then optionally crs, "
                    + "layer, map (repeated: field=column or field:=text), "
                    + "dryRun, swapAxes, trustCrs, skipRejected (true or false), and last the file or the parts of a Shapefile. "
                    + "Answers 202 at once; ask for the progress at Location."
            )
            .Produces<ImportResponse>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        imports
            .MapGet("/collections", Collections)
            .WithSummary("What can be imported, its fields, and the coordinate systems that are read");
        imports
            .MapGet("/{id:guid}/preview", PreviewAsync)
            .UsesStore()
            .WithSummary(
                "Some of an import's rows on a map, once they have been checked: GeoJSON with row, code and change (new, "
                    + "changed, same or rejected) of each"
            )
            .Produces<object>(StatusCodes.Status200OK, "application/geo+json")
            .ProducesProblem(StatusCodes.Status404NotFound);
        imports
            .MapGet("/{id:guid}", GetAsync)
            .UsesStore()
            .WithSummary("How far an import is, and what it found and did")
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    /// <summary>What whoever chooses columns has to know.</summary>
    private sealed record CollectionsResponse(IEnumerable<CollectionResponse> Collections, IEnumerable<SystemResponse> Systems);

    private sealed record CollectionResponse(
        [property: Schema("ImportedCollection")] string Name,
        IEnumerable<FieldResponse> Fields,
        string[] PlaceFields
    );

    /// <param name="Choices">What the store has of a field that is one of a few.</param>
    private sealed record FieldResponse(
        string Name,
        bool IsRequired,
        [property: Schema("FieldKind")] string Kind,
        int Least,
        int Most,
        IEnumerable<string> Choices
    );

    private static Ok<CollectionsResponse> Collections(CoordinateSystems systems) =>
        TypedResults.Ok(
            new CollectionsResponse(
                ImportCollection.All.Select(collection => new CollectionResponse(
                    collection.Name,
                    collection.Fields.Select(field => new FieldResponse(
                        field.Name,
                        field.IsRequired,
                        JsonNamingPolicy.CamelCase.ConvertName(field.Kind.ToString()),
                        field.Least,
                        field.Most,
                        field.Choices.Values.Distinct()
                    )),
                    collection.GeometryFields
                )),
                SystemResponse.Of(systems)
            )
        );

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> PreviewAsync(
        Guid id,
        ImportRuns runs,
        HttpContext context,
        CancellationToken cancellation
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        return await runs.PreviewAsync(id, cancellation) is { } picture
            ? TypedResults.File(picture, "application/geo+json")
            : Problems.NotFound("id", "the id of an import that has been checked lately");
    }

    private static async Task<Results<Ok<ImportResponse>, ProblemHttpResult>> GetAsync(
        Guid id,
        ImportRuns runs,
        HttpContext context,
        CancellationToken cancellation
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        return await runs.FindAsync(id, cancellation) is { } answer
            ? TypedResults.Ok(answer)
            : Problems.NotFound("id", "the id of an import sent lately");
    }

    private static async Task<Results<Accepted<ImportResponse>, ProblemHttpResult>> PostAsync(
        HttpContext context,
        ImportRuns runs,
        ImportFiles files,
        IBackgroundJobClient client,
        CancellationToken cancellation
    )
    {
        var (read, unreadable) = await ImportForm.ReadAsync(context.Request, cancellation);
        if (read is null)
            return unreadable!;
        using var form = read;
        if (Order(form, context, out var order) is { } fault)
            return Problems.BadRequest(fault);
        if (Refuse(context, order!) is { } refused)
            return refused;
        if (await runs.AddAsync(form.TakeFolder(), order!, cancellation) is { } answer)
        {
            client.Enqueue<ImportJob>(ImportJob.QueueOf(files), job => job.RunAsync(answer.Id, CancellationToken.None));
            return TypedResults.Accepted(context.Request.Below($"/api/imports/{answer.Id}"), answer);
        }
        return Problems.From(
            StatusCodes.Status503ServiceUnavailable,
            new Fault("unavailable", "request", "another try when the imports before it are done")
        );
    }

    /// <summary>What is imported lies anywhere, so it takes the whole city; and zones come into force, which others approve.</summary>
    private static ProblemHttpResult? Refuse(HttpContext context, ImportOrder order) =>
        !context.Scope(Right.Import).IsWholeCity
            ? Problems.From(StatusCodes.Status403Forbidden, new Fault("right-missing", "as", "the right to import for the whole city"))
        : order.As.Name == "zones" && context.Caller()?.May(Right.Approve) != true
            ? Problems.From(
                StatusCodes.Status403Forbidden,
                new Fault("right-missing", "as", "the right to approve zones, since they come into force")
            )
        : null;

    private static Fault? Order(ImportForm form, HttpContext context, out ImportOrder? order)
    {
        order = null;
        var known = ImportCollection.All.Select(collection => collection.Name);
        if (ImportCollection.Find(form.Last("as")) is not { } collection)
            return new Fault("value-wrong", "as", $"one of {string.Join(", ", known)}");
        if (form.FaultOf("dryRun", "swapAxes", "trustCrs", "skipRejected") is { } wrong)
            return wrong;
        order = new ImportOrder(
            collection,
            form.Last("crs"),
            form.Last("layer"),
            [.. form.All("map")],
            form.Is("dryRun"),
            form.Is("swapAxes"),
            form.Is("trustCrs"),
            form.Is("skipRejected"),
            context.User.Identity?.Name ?? "local"
        );
        return null;
    }
}
