using Microsoft.AspNetCore.Rewrite;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using SituationMap.Server.Access;
using SituationMap.Server.Http;

namespace SituationMap.Server.Web;

/// <summary>What <c>src/SituationMap.Web</c> was built to: the viewer at <c>/</c>, the grid worker's page at <c>/m</c>, and that of
/// a gate at <c>/g</c>.</summary>
internal static class ViewerEndpoints
{
    /// <summary>
    /// Everything comes from this server, and no script or style stands within a page. <c>data:</c> is for the icons in MapLibre's
    /// style sheet, <c>blob:</c> for the sprites and tiles' images it hands to the browser.
    /// </summary>
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; "
        + "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    /// <summary>The grid worker's page, by the name of its file.</summary>
    private const string RoundPage = "m.html";

    /// <summary>That of a gate.</summary>
    private const string GatePage = "g.html";

    public static WebApplication MapViewer(this WebApplication app)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "wwwroot");
        if (!File.Exists(Path.Combine(folder, "index.html")))
        {
            app.MapGet(PagePaths.Viewer, () =>
                    TypedResults.Text(
                        "The viewer has not been built. Build the server with Node.js at hand (dotnet build), without -p:BuildWeb=false.",
                        statusCode: StatusCodes.Status404NotFound
                    )
                )
                .OpenToAll()
                .TakesAnyQuery()
                .ExcludeFromDescription();
            return app;
        }
        var types = new FileExtensionContentTypeProvider { Mappings = { [".mjs"] = "text/javascript" } };
        var files = new PhysicalFileProvider(folder);
        app.UseRewriter(
            new RewriteOptions()
                .AddRewrite($"^{PagePaths.Round[1..]}$", RoundPage, skipRemainingRules: true)
                .AddRewrite($"^{PagePaths.Gate[1..]}$", GatePage, skipRemainingRules: true)
        );
        app.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        app.UseStaticFiles(
            new StaticFileOptions
            {
                FileProvider = files,
                ContentTypeProvider = types,
                OnPrepareResponse = static prepared =>
                {
                    var headers = prepared.Context.Response.Headers;
                    // the build names what is in assets/ after its content
                    headers.CacheControl = prepared.Context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal)
                        ? "public, max-age=31536000, immutable"
                        : "no-cache";
                    headers.ContentSecurityPolicy = ContentSecurityPolicy;
                    // whoever goes round may ask for the nearest home, and passes are read with the camera
                    if (prepared.File.Name == RoundPage)
                        headers["Permissions-Policy"] = SecurityHeaders.PermissionsPolicyWithLocation;
                    else if (prepared.File.Name == GatePage)
                        headers["Permissions-Policy"] = SecurityHeaders.PermissionsPolicyWithCamera;
                },
            }
        );
        return app;
    }
}
