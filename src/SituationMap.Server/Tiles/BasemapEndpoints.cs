using System.IO.Compression;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Data.Sqlite;
using Microsoft.Net.Http.Headers;
using SituationMap.Core;
using SituationMap.Geo.Archives;
using SituationMap.Geo.VectorTiles;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store;
using SituationMap.Store.Basemaps;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tiles;

/// <summary>What TileJSON 3.0 tells of the base map.</summary>
internal sealed record BasemapTileJson(
    string Tilejson,
    string Name,
    string Attribution,
    string[] Tiles,
    int Minzoom,
    int Maxzoom,
    [property: Schema("Box")] double[] Bounds,
    [property: JsonPropertyName("vector_layers")] BasemapVectorLayer[]? VectorLayers
);

/// <param name="Fields">Empty: the archive's own metadata has them.</param>
internal sealed record BasemapVectorLayer(string Id, IReadOnlyDictionary<string, string> Fields);

internal static class BasemapEndpoints
{
    public static IEndpointRouteBuilder MapBasemap(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/basemap.json", GetTileJson)
            .OpenToAll()
            .OpenToListedOrigins()
            .WithTags("Tiles")
            .WithSummary("What the base map holds (TileJSON 3.0)")
            .WithDescription("404 where no base map has been put into tiles/basemap.")
            .ProducesProblem(StatusCodes.Status404NotFound);
        routes
            .MapGet("/basemap/{z:int}/{x:int}/{y:int}", GetTile)
            .OpenToAll()
            .OpenToListedOrigins()
            .WithTags("Tiles")
            .WithSummary("A tile of the base map (WebMercatorQuad), as its archive holds it")
            .WithDescription("v is the archive's version, from /basemap.json: with it the tile may be kept for good.")
            .Produces<byte[]>(StatusCodes.Status200OK, ArchiveDescription.VectorTile, "image/png", "image/jpeg", "image/webp")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    /// <summary>The address of the base map's tiles.</summary>
    /// <param name="origin">Scheme, host and base path.</param>
    public static string TilesOf(TileArchive basemap, string origin) => $"{origin}/basemap/{{z}}/{{x}}/{{y}}?v={basemap.Version}";

    private static Results<Ok<BasemapTileJson>, ProblemHttpResult> GetTileJson(HttpRequest request, BasemapHolder holder)
    {
        if (holder.Basemap is not { } basemap)
            return NoBasemap(holder);
        request.HttpContext.Response.Headers.CacheControl = "no-cache";
        var described = basemap.Description;
        return TypedResults.Ok(
            new BasemapTileJson(
                "3.0.0",
                described.Name,
                described.Attribution,
                [TilesOf(basemap, request.Root())],
                described.MinZoom,
                described.MaxZoom,
                described.Bounds,
                described.IsVector
                    ? [.. described.VectorLayers.Select(layer => new BasemapVectorLayer(layer, new Dictionary<string, string>()))]
                    : null
            )
        );
    }

    private static Results<FileContentHttpResult, NoContent, ProblemHttpResult> GetTile(
        int z,
        int x,
        int y,
        HttpContext context,
        BasemapHolder holder,
        string? v = null
    )
    {
        if (holder.Basemap is not { } basemap)
            return NoBasemap(holder);
        if (new TileId(z, x, y) is not { IsValid: true } tile)
            return Problems.BadRequest(
                new Fault("tile-invalid", "z/x/y", $"whole numbers: z from 0 to {TileId.MaxZoom}, x and y from 0 to 2^z - 1")
            );
        byte[] bytes;
        try
        {
            if (basemap.Read(tile) is not { } found)
            {
                Keep();
                return TypedResults.NoContent();
            }
            var isPacked = found.Encoding is not null && Accepts(context.Request, found.Encoding);
            bytes = found.Encoding is null || isPacked ? found.Bytes : Unpack(found.Bytes, found.Encoding);
            if (isPacked)
                context.Response.Headers.ContentEncoding = found.Encoding;
        }
        catch (Exception damaged) when (IsDamage(damaged))
        {
            return Problems.NotFound("tile", $"a tile that can be read; the base map {Path.GetFileName(basemap.File)} is damaged there");
        }
        Keep();
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        return TypedResults.Bytes(
            bytes,
            basemap.Description.MediaType,
            entityTag: new EntityTagHeaderValue($"\"{basemap.Version}\"", isWeak: true)
        );

        void Keep() => context.Response.Headers.CacheControl = v == basemap.Version ? "public, max-age=31536000, immutable" : "no-cache";
    }

    /// <summary>Whether a tile could not be read because of what the archive holds.</summary>
    internal static bool IsDamage(Exception failure) =>
        failure is InvalidDataException or IOException or InvalidOperationException or SqliteException;

    private static bool Accepts(HttpRequest request, string encoding) =>
        request.GetTypedHeaders().AcceptEncoding.Any(accepted => accepted.Value == encoding && accepted.Quality is not 0);

    private static byte[] Unpack(byte[] packed, string encoding)
    {
        using var source = new MemoryStream(packed);
        using Stream plain = encoding switch
        {
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            "deflate" => new ZLibStream(source, CompressionMode.Decompress),
            _ => new GZipStream(source, CompressionMode.Decompress),
        };
        using var unpacked = new MemoryStream();
        plain.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static ProblemHttpResult NoBasemap(BasemapHolder holder) =>
        Problems.NotFound("basemap", holder.Refused ?? "a PMTiles or MBTiles file in tiles/basemap, or SituationMap:Basemap naming one");
}

/// <summary>Holds the base map, closed with the server; null: there is none.</summary>
internal sealed partial class BasemapHolder : IDisposable
{
    /// <summary>A base map that cannot be used costs the ground below the map, never the map.</summary>
    public BasemapHolder(SituationMapOptions options, ILogger<BasemapHolder> logger)
    {
        try
        {
            Basemap = BasemapFile.Find(options.Basemap);
        }
        catch (StartupException unusable)
        {
            Refused = unusable.Message;
            Without(logger, unusable.Message);
        }
    }

    public TileArchive? Basemap { get; }

    /// <summary>Why there is none although one was given; null: none was, or there is one.</summary>
    public string? Refused { get; }

    public void Dispose() => Basemap?.Dispose();

    [LoggerMessage(850, LogLevel.Warning, "The map is drawn without a base map. {Reason}")]
    private static partial void Without(ILogger logger, string reason);
}
