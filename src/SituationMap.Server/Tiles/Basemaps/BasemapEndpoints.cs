using System.IO.Compression;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using SituationMap.Server.Access;
using SituationMap.Server.Http;

namespace SituationMap.Server.Tiles.Basemaps;

/// <summary>What TileJSON 3.0 tells of the base map.</summary>
internal sealed record BasemapTileJson(
    string Tilejson, string Name, string Attribution, string[] Tiles, int Minzoom, int Maxzoom, double[] Bounds,
    [property: JsonPropertyName("vector_layers")] BasemapVectorLayer[]? VectorLayers);

/// <param name="Fields">Empty: the archive's own metadata has them.</param>
internal sealed record BasemapVectorLayer(string Id, IReadOnlyDictionary<string, string> Fields);

internal static class BasemapEndpoints
{
    public static IEndpointRouteBuilder MapBasemap(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/basemap.json", GetTileJson)
            .OpenToAll()
            .OpenToListedOrigins()
            .WithTags("Tiles")
            .WithSummary("What the base map holds (TileJSON 3.0)")
            .WithDescription("404 where no base map has been put into tiles/basemap.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet("/basemap/{z:int}/{x:int}/{y:int}", GetTile)
            .OpenToAll()
            .OpenToListedOrigins()
            .WithTags("Tiles")
            .WithSummary("A tile of the base map (WebMercatorQuad), as its archive holds it")
            .WithDescription("v is the archive's version, from /basemap.json: with it the tile may be kept for good.")
            .Produces<byte[]>(StatusCodes.Status200OK, BasemapDescription.VectorTile, "image/png", "image/jpeg", "image/webp")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    /// <summary>The address of the base map's tiles.</summary>
    /// <param name="origin">Scheme, host and base path.</param>
    public static string TilesOf(Basemap basemap, string origin) => $"{origin}/basemap/{{z}}/{{x}}/{{y}}?v={basemap.Version}";

    private static Results<Ok<BasemapTileJson>, ProblemHttpResult> GetTileJson(HttpRequest request, BasemapHolder holder)
    {
        if (holder.Basemap is not { } basemap)
            return NoBasemap();
        request.HttpContext.Response.Headers.CacheControl = "no-cache";
        var described = basemap.Description;
        return TypedResults.Ok(new BasemapTileJson(
            "3.0.0", described.Name, described.Attribution, [TilesOf(basemap, request.Root())],
            described.MinZoom, described.MaxZoom, described.Bounds,
            described.IsVector ? [.. described.VectorLayers.Select(layer => new BasemapVectorLayer(layer, new Dictionary<string, string>()))] : null));
    }

    private static Results<FileContentHttpResult, NoContent, ProblemHttpResult> GetTile(int z, int x, int y, HttpContext context, BasemapHolder holder, string? v = null)
    {
        if (holder.Basemap is not { } basemap)
            return NoBasemap();
        if (new TileId(z, x, y) is not { IsValid: true } tile)
            return Problems.BadRequest(new Fault("tile-invalid", "z/x/y", $"whole numbers: z from 0 to {TileId.MaxZoom}, x and y from 0 to 2^z - 1"));
        context.Response.Headers.CacheControl = v == basemap.Version ? "public, max-age=31536000, immutable" : "no-cache";
        if (basemap.Read(tile) is not { } found)
            return TypedResults.NoContent();
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        var bytes = found.Bytes;
        if (found.Encoding is { } encoding)
        {
            if (Accepts(context.Request, encoding))
                context.Response.Headers.ContentEncoding = encoding;
            else
                bytes = Unpack(found.Bytes, encoding);
        }
        return TypedResults.Bytes(bytes, basemap.Description.MediaType, entityTag: new EntityTagHeaderValue($"\"{basemap.Version}\"", isWeak: true));
    }

    private static bool Accepts(HttpRequest request, string encoding) =>
        request.GetTypedHeaders().AcceptEncoding.Any(accepted => accepted.Value == encoding && accepted.Quality is not 0);

    private static byte[] Unpack(byte[] packed, string encoding)
    {
        using var source = new MemoryStream(packed);
        using Stream plain = encoding == "br" ? new BrotliStream(source, CompressionMode.Decompress) : new GZipStream(source, CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        plain.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static ProblemHttpResult NoBasemap() =>
        Problems.NotFound("basemap", "a PMTiles or MBTiles file in tiles/basemap, or SituationMap:Basemap naming one");
}

/// <summary>Holds the base map, closed with the server; null: there is none.</summary>
internal sealed class BasemapHolder(Basemap? basemap) : IDisposable
{
    /// <inheritdoc cref="Basemaps.Basemap.Find"/>
    public static BasemapHolder Open(IServiceProvider services) => new(Basemaps.Basemap.Find(services.GetRequiredService<SituationMapOptions>().Basemap));

    public Basemap? Basemap { get; } = basemap;

    public void Dispose() => Basemap?.Dispose();
}
