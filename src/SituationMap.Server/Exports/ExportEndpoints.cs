using SituationMap.Core;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Server.Persons;
using SituationMap.Store.Access;
using SituationMap.Store.Exports;
using SituationMap.Store.Files;

namespace SituationMap.Server.Exports;

internal static class ExportEndpoints
{
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
        }
        return routes;
    }

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
        format ??= "csv";
        if (
            (Problems.UnlessOneOf("format", format, Exporter.MediaTypes.Keys) ?? Problems.UnlessOneOf("mark", mark, ["true", "false"])) is
            { } fault
        )
            return Problems.BadRequest(fault);
        if (format is "xlsx" or "gpkg" && !Gdal.IsHere)
            return Problems.From(
                StatusCodes.Status503ServiceUnavailable,
                new Fault("gdal-missing", "format", $"csv or geojson, or GDAL on the server: {Gdal.HowToInstall}")
            );
        if (collection.Right == Right.SeePersons)
        {
            var (stated, missing) = RequestPurpose.Read(context.Request, purpose);
            if (missing is not null)
                return Problems.BadRequest(missing);
            await context
                .RequestServices.GetRequiredService<AuditStore>()
                .AppendAsync(RequestAudit.Of(context, "export", $"/api/exports/{collection.Name}", stated!.ToString()), cancellation);
        }
        context.Response.Headers.CacheControl = "no-store";
        var spool = Spool();
        try
        {
            await exporter.WriteAsync(collection, format, context.Scope(collection.Right).Paths, mark != "false", spool, cancellation);
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
        context.NeedsStoreNoMore();
        spool.Position = 0;
        return TypedResults.Stream(spool, Exporter.MediaTypes[format], $"{collection.Name}.{format}");
    }

    /// <summary>A file without a name, gone when it is closed or the process dies: no transaction waits for a client that reads
    /// slowly.</summary>
    private static FileStream Spool()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(Path.Combine(Path.GetTempPath(), $"situationmap-export-{Guid.NewGuid():N}"), options);
        File.Delete(file.Name);
        return file;
    }
}
