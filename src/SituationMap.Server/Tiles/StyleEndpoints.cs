using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Server.Http;
using SituationMap.Server.Tiles.Basemaps;

namespace SituationMap.Server.Tiles;

internal static class StyleEndpoints
{
    public static IEndpointRouteBuilder MapStyles(this IEndpointRouteBuilder routes)
    {
        var basemap = routes.ServiceProvider.GetRequiredService<BasemapHolder>().Basemap;
        var composer = new StyleComposer(Path.Combine(AppContext.BaseDirectory, "tiles"), basemap);
        routes.MapGet("/styles/situation.json", (HttpRequest request, string? theme, string? palette, string? lang) => Get(composer, request, theme, palette, lang))
            .WithTags("Tiles")
            .WithSummary("The map style (MapLibre style specification 8), for the viewer, QGIS and others to open by address")
            .WithDescription("theme: light or dark. palette: default, or classic for red, yellow, blue and green. lang: zh-CN or en.")
            .Produces<string>(StatusCodes.Status200OK, "application/json")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static Results<ContentHttpResult, ProblemHttpResult> Get(StyleComposer composer, HttpRequest request, string? theme, string? palette, string? lang)
    {
        var fault = Wrong("theme", theme, StyleComposer.Themes) ?? Wrong("palette", palette, StyleComposer.Palettes) ?? Wrong("lang", lang, StyleComposer.Languages);
        if (fault is not null)
            return Problems.BadRequest(fault);
        var choice = new StyleChoice(theme ?? StyleComposer.Themes[0], palette ?? StyleComposer.Palettes[0], lang ?? StyleComposer.Languages[0]);
        request.HttpContext.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Text(composer.Compose(choice, $"{request.Scheme}://{request.Host}{request.PathBase}"), "application/json");
    }

    private static Fault? Wrong(string field, string? value, string[] known) =>
        value is null || known.Contains(value) ? null : new Fault("value-wrong", field, $"one of {string.Join(", ", known)}");
}
