using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.ApiDescription;

/// <summary>
/// The OpenAPI document at <c>/openapi/v1.json</c>: made when it is first asked for and kept, in each coding that somebody takes, for it is
/// the same for everybody as long as the process lives. As a server it names but the path of a proxy before ours, so its paths are those of
/// the one that gave it.
/// </summary>
internal static class CachedDocument
{
    public static IEndpointRouteBuilder MapApiDocument(this IEndpointRouteBuilder routes)
    {
        // by the path before ours: one, or as many as trusted proxies have
        var made = new ConcurrentDictionary<PathString, Lazy<Task<byte[]>>>();
        var packed = new ConcurrentDictionary<(PathString, ContentCoding), (byte[] Bytes, string ETag)>();
        routes
            .MapGet($"/openapi/{ApiDocument.Name}.json", async (HttpContext context) =>
            {
                var coding = AcceptEncoding.Choose(context.Request.Headers.AcceptEncoding);
                var below = context.Request.PathBase;
                var plain = await made.GetOrAdd(below, Make).Value;
                var (bytes, etag) = packed.GetOrAdd((below, coding), _ =>
                    (coding.Pack(plain), $"\"{Convert.ToHexStringLower(XxHash128.Hash(plain))}-{(int)coding}\"")
                );
                var headers = context.Response.Headers;
                (headers.CacheControl, headers.Vary, headers.ETag) = ("no-cache", HeaderNames.AcceptEncoding, etag);
                if (
                    EntityTagHeaderValue.TryParseList(context.Request.Headers.IfNoneMatch, out var known)
                    && known.Any(tag => tag.Tag == etag || tag.Equals(EntityTagHeaderValue.Any))
                )
                {
                    context.Response.StatusCode = StatusCodes.Status304NotModified;
                    return;
                }
                if (coding.Name() is { } name)
                    headers.ContentEncoding = name;
                (context.Response.ContentType, context.Response.ContentLength) = ("application/json; charset=utf-8", bytes.Length);
                await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
            })
            .OpenToAll()
            .ExcludeFromDescription();
        return routes;

        Lazy<Task<byte[]>> Make(PathString below) => new(() => MakeAsync(routes.ServiceProvider, below));
    }

    private static async Task<byte[]> MakeAsync(IServiceProvider services, PathString below)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(ApiDocument.Name).GetOpenApiDocumentAsync();
        document.Servers = below.HasValue ? [new OpenApiServer { Url = below.ToUriComponent() }] : null;
        return Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1));
    }
}
