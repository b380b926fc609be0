using Microsoft.AspNetCore.ResponseCompression;

namespace SituationMap.Server.Http;

/// <summary>
/// Packs what a phone on a slow network waits for: the pages' files, and answers that say so. Tiles are packed once, for everybody; other
/// answers are small. What is packed never holds both a secret and what somebody else may choose, so that lengths tell nothing, also over
/// TLS.
/// </summary>
internal static class Compression
{
    public static IServiceCollection AddCompression(this IServiceCollection services) =>
        services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "image/svg+xml", "application/manifest+json"];
        });

    public static TBuilder IsCompressed<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Compressed());

    public static IApplicationBuilder UseCompression(this IApplicationBuilder app) =>
        app.UseWhen(
            // no endpoint: a file
            static context =>
                context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<Compressed>() is not null,
            static branch => branch.UseResponseCompression()
        );

    private sealed class Compressed;
}
