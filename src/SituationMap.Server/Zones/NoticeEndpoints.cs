using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Protocols;
using SituationMap.Core.Zones;
using SituationMap.Geo.Features;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Protocols;
using SituationMap.Store.Zones.Notices;

namespace SituationMap.Server.Zones;

/// <summary>What is told to everybody, signed in or not: the zones in force and to come, without anything about persons.</summary>
internal static class NoticeEndpoints
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    public static IEndpointRouteBuilder MapZoneNotices(this IEndpointRouteBuilder routes)
    {
        routes
            .MapGet("/api/zones/{code}/notice", PageAsync)
            .OpenToAll()
            .UsesStore()
            .WithTags("Zones")
            .WithSummary("The public notice of a zone, to be printed")
            .Produces<string>(contentType: "text/html")
            .ProducesProblem(StatusCodes.Status404NotFound);
        routes
            .MapGet("/api/zones/notices.geojson", GeoJsonAsync)
            .OpenToAll()
            .UsesStore()
            .WithTags("Zones")
            .WithSummary("The public notices as GeoJSON")
            .Produces<JsonObject>(contentType: "application/geo+json");
        routes
            .MapGet("/api/zones/notices.atom", AtomAsync)
            .OpenToAll()
            .UsesStore()
            .WithTags("Zones")
            .WithSummary("The public notices as an Atom feed")
            .Produces<string>(contentType: "application/atom+xml");
        routes
            .MapGet("/api/zones/notice.css", () => TypedResults.Text(NoticePage.Stylesheet, "text/css; charset=utf-8"))
            .OpenToAll()
            .ExcludeFromDescription();
        return routes;
    }

    private static async Task<IResult> PageAsync(
        string code,
        HttpContext context,
        NpgsqlDataSource database,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var notices = await ZoneNotice.ReadAsync(database, protocols.Plan, clock.GetUtcNow(), code, cancellation);
        if (notices.Length == 0)
            return Problems.NotFound("code", "the code of a zone that is in force or will be");
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        Caching.Apply(context, isFinal: false);
        var streets = await NoticeDrawing.StreetsAsync(database, notices.MinBy(notice => notice.From)!.Outline, cancellation);
        return TypedResults.Text(NoticePage.Of(notices, streets, protocols.Plan, clock.GetUtcNow()), "text/html; charset=utf-8");
    }

    private static async Task<IResult> GeoJsonAsync(
        HttpContext context,
        NpgsqlDataSource database,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        Caching.Apply(context, isFinal: false);
        var notices = await ZoneNotice.ReadAsync(database, protocols.Plan, clock.GetUtcNow(), code: null, cancellation);
        var collection = new JsonObject
        {
            ["type"] = "FeatureCollection",
            ["features"] = new JsonArray([
                .. notices.Select(notice => new JsonObject
                {
                    ["type"] = "Feature",
                    ["id"] = $"{notice.Code}.{notice.Version}",
                    ["geometry"] = GeoJson.ToJson(notice.Outline),
                    ["properties"] = new JsonObject
                    {
                        ["code"] = notice.Code,
                        ["name"] = notice.Name,
                        ["level"] = notice.Level,
                        ["levelName"] = Both(ZoneWords.Level(protocols.Plan, notice.Level, notice.From)),
                        ["version"] = notice.Version,
                        ["from"] = notice.From,
                        ["to"] = notice.To,
                        ["published"] = notice.Published,
                        ["notice"] = context.Request.Below($"/api/zones/{Uri.EscapeDataString(notice.Code)}/notice"),
                    },
                }),
            ]),
        };
        return TypedResults.Json(collection, contentType: "application/geo+json");

        static JsonObject Both(LocalText words) => new() { ["zh-CN"] = words.Zh, ["en"] = words.En };
    }

    private static async Task<IResult> AtomAsync(
        HttpContext context,
        NpgsqlDataSource database,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        Caching.Apply(context, isFinal: false);
        var now = clock.GetUtcNow();
        // before the notices: what changes in between is told again by the next answer, and not passed over
        var changed = await ZoneNotice.ChangedAsync(database, now, cancellation);
        var notices = await ZoneNotice.ReadAsync(database, protocols.Plan, now, code: null, cancellation);
        var root = context.Request.Root() + "/api/zones";
        var feed = new XElement(
            Atom + "feed",
            new XElement(Atom + "id", "urn:situationmap:zones"),
            new XElement(Atom + "title", "风险区公告 Notices of risk zones"),
            new XElement(Atom + "author", new XElement(Atom + "name", "SituationMap")),
            new XElement(Atom + "updated", Instant(changed)),
            new XElement(
                Atom + "link",
                new XAttribute("rel", "self"),
                new XAttribute("type", "application/atom+xml"),
                new XAttribute("href", $"{root}/notices.atom")
            ),
            notices.Select(notice =>
            {
                var level = ZoneWords.Level(protocols.Plan, notice.Level, notice.From);
                return new XElement(
                    Atom + "entry",
                    new XElement(Atom + "id", $"urn:situationmap:zone:{Uri.EscapeDataString(notice.Code)}:{notice.Version}"),
                    new XElement(Atom + "title", Xml(notice.Name)),
                    new XElement(Atom + "updated", Instant(notice.Published)),
                    new XElement(
                        Atom + "link",
                        new XAttribute("rel", "alternate"),
                        new XAttribute("type", "text/html"),
                        new XAttribute("href", $"{root}/{Uri.EscapeDataString(notice.Code)}/notice")
                    ),
                    new XElement(
                        Atom + "category",
                        new XAttribute("term", notice.Level),
                        new XAttribute("label", $"{level.Zh} {level.En}")
                    ),
                    new XElement(Atom + "summary", Summary(notice, level, protocols.Plan, now))
                );
            })
        );
        return TypedResults.Text($"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{feed}", "application/atom+xml; charset=utf-8");
    }

    private static string Summary(ZoneNotice notice, LocalText level, ProtocolPlan plan, DateTimeOffset now)
    {
        var (from, to) = (
            ZoneWords.Time(plan, notice.From, now),
            notice.To is { } end ? ZoneWords.By(plan, end, now) : new LocalText("另行通知", "further notice")
        );
        return $"{level.Zh}，自 {from.Zh} 至 {to.Zh}。 {level.En}, from {from.En} until {to.En}.";
    }

    /// <summary>A name without the characters that XML cannot have at all.</summary>
    private static string Xml(string text) => string.Concat(text.Where(letter => XmlConvert.IsXmlChar(letter) || char.IsSurrogate(letter)));

    private static string Instant(DateTimeOffset instant) => instant.ToString("yyyy-MM-ddTHH:mm:ssK", CultureInfo.InvariantCulture);
}
