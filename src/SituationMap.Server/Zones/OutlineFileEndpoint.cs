using Microsoft.AspNetCore.Mvc;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Server.Imports;
using SituationMap.Store.Access;
using SituationMap.Store.Files;
using SituationMap.Store.Zones.Outlines;

namespace SituationMap.Server.Zones;

internal static class OutlineFileEndpoint
{
    private const int MaxBytes = 32 << 20;

    public static IEndpointRouteBuilder MapOutlineFile(this IEndpointRouteBuilder routes)
    {
        routes
            .MapPost("/api/zones/outlines", PostAsync)
            .RequiresRight(Right.Plan)
            .ChangesNothing()
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .DisableAntiforgery()
            .UsesStore()
            .WithTags("Zones")
            .WithSummary("The outlines in a file: GeoJSON, CSV with WKT, Shapefile (also zipped), GeoPackage, DXF, XLSX")
            .WithDescription(
                "multipart/form-data: optionally crs, layer, swapAxes and trustCrs (true or false), and last the file or the "
                    + "parts of a Shapefile. Nothing is stored. "
                    + $"Outlines come as GeoJSON (WGS 84), the first {OutlineFile.MaxRows} of a file; findings say what is wrong "
                    + "with its coordinate system, and what would be right."
            )
            .Produces<OutlinesResponse>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status415UnsupportedMediaType);
        return routes;
    }

    private static async Task<IResult> PostAsync(HttpContext context, OutlineFile file, CancellationToken cancellation)
    {
        var (read, unreadable) = await ImportForm.ReadAsync(context.Request, cancellation);
        if (read is null)
            return unreadable!;
        using var form = read;
        if (form.FaultOf("swapAxes", "trustCrs") is { } wrong)
            return Problems.BadRequest(wrong);
        try
        {
            return TypedResults.Ok(
                await file.ReadAsync(
                    form.Folder,
                    new OutlineOrder(form.Last("crs"), form.Last("layer"), form.Is("swapAxes"), form.Is("trustCrs")),
                    cancellation
                )
            );
        }
        catch (ImportRefusedException failure)
        {
            return ImportForm.Refused(failure);
        }
    }
}
