using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Tiles;

namespace SituationMap.Server.Tiles;

internal static class StyleEndpoints
{
    public static IEndpointRouteBuilder MapStyles(this IEndpointRouteBuilder routes)
    {
        var basemap = routes.ServiceProvider.GetRequiredService<BasemapHolder>().Basemap;
        var composer = new StyleComposer(Path.Combine(AppContext.BaseDirectory, "tiles"), basemap);
        routes
            .MapGet("/styles/situation.json", (HttpRequest request, string? theme, string? palette, string? lang, string? datum) =>
                Get(composer, request, theme, palette, lang, datum)
            )
            .OpenToAll()
            .OpenToListedOrigins()
            .WithTags("Tiles")
            .WithSummary("The map style (MapLibre style specification 8), for the viewer, QGIS and others to open by address")
            .WithDescription(
                "theme: light or dark. palette: default, or classic for red, yellow, blue and green. lang: zh-CN or en. datum: "
                    + "gcj02 or bd09, to lay it over a base map in those shifted degrees."
            )
            .Produces<object>(StatusCodes.Status200OK, "application/json")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        return routes;
    }

    private static Results<ContentHttpResult, ProblemHttpResult> Get(
        StyleComposer composer,
        HttpRequest request,
        string? theme,
        string? palette,
        string? lang,
        string? datum
    )
    {
        var fault = Problems.UnlessOneOf("theme", theme, StyleComposer.Themes)
            ?? Problems.UnlessOneOf("palette", palette, StyleComposer.Palettes)
            ?? Problems.UnlessOneOf("lang", lang, StyleComposer.Languages)
            ?? Problems.UnlessOneOf("datum", datum, Datum.Names);
        if (fault is not null)
            return Problems.BadRequest(fault);
        var choice = new StyleChoice(
            theme ?? StyleComposer.Themes[0],
            palette ?? StyleComposer.Palettes[0],
            lang ?? StyleComposer.Languages[0],
            datum
        );
        request.HttpContext.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Text(composer.Compose(choice, request.Root()), "application/json");
    }
}
