using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SituationMap.Core.Projections;
using SituationMap.Server.Access;
using SituationMap.Server.Http;

namespace SituationMap.Server.Imports;

internal static class ImportEndpoints
{
    private const int MostFields = 100;

    public static IServiceCollection AddImports(this IServiceCollection services)
    {
        services.AddSingleton<ZoneImport>().AddSingleton<Importer>();
        return services.AddSingleton<ImportRuns>().AddHostedService(provider => provider.GetRequiredService<ImportRuns>());
    }

    public static IEndpointRouteBuilder MapImports(this IEndpointRouteBuilder routes)
    {
        var imports = routes.MapGroup("/api/imports").WithTags("Imports").Needs(Right.Import);
        imports.MapPost("", PostAsync)
            .WithMetadata(new RequestSizeLimitAttribute(ImportFolder.MostBytes + (1 << 20)))
            .DisableAntiforgery()
            .WithSummary("Import a file: GeoJSON, CSV, Shapefile (also zipped), GeoPackage, DXF, XLSX")
            .WithDescription("multipart/form-data: as (grids, buildings, households, persons, checkpoints or zones), then optionally crs, layer, map (repeated: field=column or field:=text), "
                + "dryRun, swapAxes, trustCrs, skipRejected (true or false), and last the file or the parts of a Shapefile. Answers 202 at once; ask for the progress at Location.")
            .Produces<ImportAnswer>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status415UnsupportedMediaType).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        imports.MapGet("/collections", Collections).WithSummary("What can be imported, its fields, and the coordinate systems that are read");
        imports.MapGet("/{id:guid}/preview", Preview)
            .WithSummary("Some of an import's rows on a map, once they have been checked: GeoJSON with row, code and change (new, changed, same or rejected) of each")
            .Produces(StatusCodes.Status200OK, contentType: "application/geo+json").ProducesProblem(StatusCodes.Status404NotFound);
        imports.MapGet("/{id:guid}", Get).WithSummary("How far an import is, and what it found and did").ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    /// <summary>What whoever chooses columns has to know.</summary>
    private sealed record CollectionsAnswer(IEnumerable<CollectionAnswer> Collections, IEnumerable<SystemAnswer> Systems);

    private sealed record CollectionAnswer(string Name, IEnumerable<FieldAnswer> Fields, string[] PlaceFields);

    /// <param name="Choices">What the store has of a field that is one of a few.</param>
    private sealed record FieldAnswer(string Name, bool IsRequired, string Kind, int Least, int Most, IEnumerable<string> Choices);

    /// <param name="Area">West, south, east, north in degrees.</param>
    private sealed record SystemAnswer(string Code, string Name, IReadOnlyList<double> Area);

    private static Ok<CollectionsAnswer> Collections(CoordinateSystems systems) => TypedResults.Ok(new CollectionsAnswer(
        ImportCollection.All.Select(collection => new CollectionAnswer(collection.Name, collection.Fields.Select(field => new FieldAnswer(
            field.Name, field.IsRequired, JsonNamingPolicy.CamelCase.ConvertName(field.Kind.ToString()), field.Least, field.Most, field.Choices.Values.Distinct())), collection.PlaceFields)),
        systems.All.Select(system => new SystemAnswer(system.Code, system.Name, system.Area))));

    private static Results<FileContentHttpResult, ProblemHttpResult> Preview(Guid id, ImportRuns runs, HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return runs.Find(id)?.Report?.Preview is { } picture ? TypedResults.File(picture, "application/geo+json") : Problems.NotFound("id", "the id of an import that has been checked lately");
    }

    private static Results<Ok<ImportAnswer>, ProblemHttpResult> Get(Guid id, ImportRuns runs, HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        return runs.Find(id) is { } answer ? TypedResults.Ok(answer) : Problems.NotFound("id", "the id of an import sent to this server lately");
    }

    private static async Task<Results<Accepted<ImportAnswer>, ProblemHttpResult>> PostAsync(HttpContext context, ImportRuns runs, CancellationToken cancellation)
    {
        var request = context.Request;
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 200 } boundary)
            return Problems.From(StatusCodes.Status415UnsupportedMediaType, new Fault("media-type-unsupported", "Content-Type", "multipart/form-data"));

        var folder = new ImportFolder();
        try
        {
            var fields = await ReadAsync(new MultipartReader(boundary, request.Body), folder, cancellation);
            _ = folder.Main; // told now rather than when its turn comes
            if (Order(fields, context, out var order) is { } fault)
                return Problems.BadRequest(fault);
            if (Refuse(context, order!) is { } refused)
                return refused;
            if (runs.Add(folder, order!) is not { } answer)
                return Problems.From(StatusCodes.Status503ServiceUnavailable, new Fault("unavailable", "request", "another try when the imports before it are done"));
            folder = null;
            return TypedResults.Accepted($"/api/imports/{answer.Id}", answer);
        }
        catch (ImportRefusedException failure)
        {
            return Problems.From(failure.Fault.Code is "file-too-large" or "zip-too-large" ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest, failure.Fault);
        }
        catch (Exception failure) when (failure is InvalidDataException || (failure is IOException && failure is not BadHttpRequestException))
        {
            return Problems.BadRequest(new Fault("request-malformed", "body", "multipart/form-data that is whole"));
        }
        finally
        {
            folder?.Dispose();
        }
    }

    private static async Task<List<(string Name, string Value)>> ReadAsync(MultipartReader body, ImportFolder folder, CancellationToken cancellation)
    {
        var fields = new List<(string, string)>();
        while (await body.ReadNextSectionAsync(cancellation) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                continue;
            if (disposition.IsFileDisposition())
            {
                await folder.AddAsync(HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value ?? "", section.Body, cancellation);
                continue;
            }
            if (fields.Count == MostFields)
                throw new ImportRefusedException("request-malformed", "body", $"at most {MostFields} fields");
            using var reader = new StreamReader(new LimitedStream(section.Body, 10_000));
            fields.Add((HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "", await reader.ReadToEndAsync(cancellation)));
        }
        return fields;
    }

    /// <summary>What is imported lies anywhere, so it takes the whole city; and zones come into force, which others approve.</summary>
    private static ProblemHttpResult? Refuse(HttpContext context, ImportOrder order) =>
        !context.Scope(Right.Import).IsWholeCity ? Problems.From(StatusCodes.Status403Forbidden, new Fault("right-missing", "as", "the right to import for the whole city"))
        : order.As.Name == "zones" && context.Caller()?.May(Right.Approve) != true ? Problems.From(StatusCodes.Status403Forbidden, new Fault("right-missing", "as", "the right to approve zones, since they come into force"))
        : null;

    private static Fault? Order(List<(string Name, string Value)> fields, HttpContext context, out ImportOrder? order)
    {
        order = null;
        string? Last(string name) => fields.FindLast(field => field.Name == name).Value is { Length: > 0 } value ? value : null;
        var known = ImportCollection.All.Select(collection => collection.Name);
        if (ImportCollection.Find(Last("as")) is not { } collection)
            return new Fault("value-wrong", "as", $"one of {string.Join(", ", known)}");
        string[] flags = ["dryRun", "swapAxes", "trustCrs", "skipRejected"];
        if (flags.Select(flag => Problems.UnlessOneOf(flag, Last(flag), ["true", "false"])).FirstOrDefault(fault => fault is not null) is { } wrong)
            return wrong;
        bool Is(string flag) => Last(flag) == "true";
        order = new ImportOrder(collection, Last("crs"), Last("layer"), [.. fields.Where(field => field.Name == "map").Select(field => field.Value)],
            Is("dryRun"), Is("swapAxes"), Is("trustCrs"), Is("skipRejected"), context.User.Identity?.Name ?? "local");
        return null;
    }

    /// <summary>Refuses a field that is longer than any has to be.</summary>
    private sealed class LimitedStream(Stream inner, int left) : Stream
    {
        private int _left = left;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            if ((_left -= read) < 0)
                throw new ImportRefusedException("request-malformed", "body", "shorter fields");
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
