using SituationMap.Store.Access;

namespace SituationMap.Server.Tests.Access;

/// <summary>What every endpoint of the routing table needs.</summary>
internal static class Matrix
{
    private const string Household = "{household}";
    private const string Building = "{building}";
    private const string Grid = "{grid}";

    /// <summary>
    /// One row for each endpoint: what it needs, and an address that asks about one household, building or grid, where it takes any.
    /// What is the same for all who have the right has none of these in its address.
    /// </summary>
    public static readonly Row[] Table =
    [
        new("GET /api/access/accounts", Right.Administer),
        new("POST /api/access/accounts", Right.Administer),
        new("POST /api/access/accounts/{name}/disable", Right.Administer),
        new("POST /api/access/accounts/{name}/enable", Right.Administer),
        new("POST /api/access/accounts/{name}/password", Right.Administer),
        new("POST /api/access/accounts/{name}/grants", Right.Administer),
        new("DELETE /api/access/accounts/{name}/grants/{id:guid}", Right.Administer),
        new("GET /api/access/keys", Right.Administer),
        new("POST /api/access/keys", Right.Administer),
        new("DELETE /api/access/keys/{id:guid}", Right.Administer),
        new("DELETE /api/access/accounts/{name}/second-factor", Right.Administer),
        new("GET /api/access/second-factor", Right.Administer),
        new("PUT /api/access/second-factor", Right.Administer),
        new("GET /api/audit", Right.Audit),
        new("GET /api/audit/facts/{id:guid}", Right.Audit),
        new("GET /api/session/", null),
        new("POST /api/session/", null),
        new("DELETE /api/session/", null),
        new("GET /healthz/live", null),
        new("GET /healthz/ready", null),
        new("GET /openapi/v1.json", null),
        new("GET /styles/situation.json", null),
        new("GET /basemap.json", null),
        new("GET /api/figures", null),
        new("GET /basemap/{z:int}/{x:int}/{y:int}", null, "basemap/0/0/0"),
        new("GET /metrics", Right.Operate),
        new("GET /api/jobs", Right.Operate),
        new("POST /api/jobs/{name}/run", Right.Operate),
        new("POST /api/jobs/{name}/cancel", Right.Operate),
        new("GET /hangfire/{**path}", Right.Operate, "hangfire", Or: Right.Audit),
        new("POST /hangfire/stats", Right.Operate, Or: Right.Audit),
        new("POST /hangfire/{**path}", Right.Operate, "hangfire/recurring/trigger"),
        new("POST /api/facts", Right.Report, Or: Right.Guard),
        new("GET /api/passes/", Right.Report, $"api/passes?grid={Grid}"),
        new("POST /api/passes/", Right.Report),
        new("GET /api/passes/print", Right.Report, $"api/passes/print?grid={Grid}"),
        new("GET /api/passes/{serial:long}", Right.Report, "api/passes/1"),
        new("POST /api/passes/{serial:long}/end", Right.Report, "api/passes/1/end"),
        new("GET /api/gate/keys", null),
        new("POST /api/gate/check", Right.Guard),
        new("GET /api/gate/pack", Right.Guard, "api/gate/pack?checkpoint=C-1"),
        new("POST /api/crossings/", Right.Guard),
        new("GET /api/crossings/counts", Right.See, Or: Right.Guard),
        new("POST /api/door-codes", Right.Report),
        new("DELETE /api/households/{code}/door-code", Right.Report),
        new("GET /s/{token}", null),
        new("POST /s/{token}", null),
        new("GET /api/place", Right.See),
        new("GET /api/grids", Right.See),
        new("GET /api/zones", Right.See),
        new("GET /api/live", Right.See),
        new("GET /api/lookup", Right.See, "api/lookup?lon=124.36&lat=40.12"),
        new("GET /api/changes", Right.See, $"api/changes?grid={Grid}"),
        new("GET /api/checkpoints/{code}/passages", Right.See),
        new("GET /api/work", Right.See, $"api/work?grid={Grid}"),
        new("GET /api/work/pack", Right.Report, $"api/work/pack?grid={Grid}"),
        new("GET /api/work/counts", Right.See, $"api/work/counts?grid={Grid}"),
        new("GET /api/posts/", Right.See, $"api/posts?grid={Grid}"),
        new("GET /api/posts/gaps", Right.See, $"api/posts/gaps?grid={Grid}"),
        new("GET /api/posts/{code}", Right.See),
        new("POST /api/posts/", Right.Dispatch),
        new("POST /api/posts/copy", Right.Dispatch),
        new("GET /api/posts/{code}/shifts", Right.StandDuty, Or: Right.Dispatch),
        new("POST /api/posts/{code}/shifts", Right.StandDuty, Or: Right.Dispatch),
        new("GET /api/workers/", Right.Dispatch, $"api/workers?grid={Grid}"),
        new("POST /api/workers/", Right.Dispatch),
        new("POST /api/changes/acknowledgements", Right.Report, Or: Right.Plan),
        new("GET /api/households/", Right.See, $"api/households?grid={Grid}"),
        new("GET /api/households/", Right.See, $"api/households?building={Building}"),
        new("GET /api/exports/household-list", Right.See, $"api/exports/household-list?grid={Grid}"),
        new("GET /api/households-on-map", Right.See, $"api/households-on-map?grid={Grid}"),
        new("GET /api/households-on-map", Right.See, $"api/households-on-map?building={Building}"),
        new("GET /api/households/{code}", Right.See, $"api/households/{Household}"),
        new("GET /api/households/{code}/status", Right.See, $"api/households/{Household}/status"),
        new("GET /api/households/{code}/facts", Right.See, $"api/households/{Household}/facts"),
        new("GET /api/households/{code}/history", Right.See, $"api/households/{Household}/history"),
        new("GET /api/households/{code}/members/", Right.SeePersons, $"api/households/{Household}/members"),
        new("POST /api/households/{code}/members/", Right.SeePersons, $"api/households/{Household}/members"),
        new("POST /api/persons/search", Right.SeePersons),
        new("POST /api/persons/{code}/export", Right.SeePersons),
        new("PUT /api/persons/{code}", Right.Report),
        new("POST /api/persons/{code}/erase", Right.Administer),
        new("GET /api/buildings/{code}/matrix", Right.See, $"api/buildings/{Building}/matrix"),
        new("GET /api/buildings/{code}/entrances", Right.See, $"api/buildings/{Building}/entrances"),
        new("GET /api/grids/{code}/summary", Right.See, $"api/grids/{Grid}/summary"),
        new("GET /api/grids/{code}/series", Right.See, $"api/grids/{Grid}/series"),
        new("GET /api/search", Right.See, "api/search?q=1"),
        new("POST /api/lookup", Right.See),
        new("GET /api/zones/{code}/notice", null),
        new("GET /api/zones/notices.geojson", null),
        new("GET /api/zones/notices.atom", null),
        new("GET /api/zones/notice.css", null),
        new("GET /api/zones/due", Right.See),
        new("GET /api/zones/{code}", Right.See),
        new("GET /api/zones/{code}/versions", Right.See),
        new("POST /api/zones", Right.Plan),
        new("POST /api/zones/preview", Right.Plan, Or: Right.Approve),
        new("POST /api/zones/outlines", Right.Plan),
        new("PUT /api/zones/{code}/draft", Right.Plan),
        new("DELETE /api/zones/{code}/draft", Right.Plan),
        new("POST /api/zones/{code}/submit", Right.Plan),
        new("POST /api/zones/{code}/withdraw", Right.Plan),
        new("POST /api/zones/{code}/approve", Right.Approve),
        new("POST /api/zones/{code}/reject", Right.Approve),
        new("POST /api/zones/{code}/end", Right.Approve),
        new("POST /api/zones/{code}/take-back", Right.Approve),
        new("POST /api/zones/{code}/lower", Right.Approve),
        new("POST /api/zones/{code}/rollback", Right.Approve),
        new("POST /api/zones/{code}/split", Right.Approve),
        new("POST /api/imports/", Right.Import),
        new("GET /api/imports/{id:guid}", Right.Import),
        new("GET /api/imports/{id:guid}/preview", Right.Import),
        new("GET /api/imports/collections", Right.Import),
        .. ((string[])["grids", "buildings", "households", "checkpoints", "zones"]).Select(name => new Row(
            $"GET /api/exports/{name}",
            Right.See
        )),
        .. ((string[])["persons", "returnees", "contacts", "readings"]).Select(name => new Row(
            $"GET /api/exports/{name}",
            Right.SeePersons,
            $"api/exports/{name}?purpose=visit"
        )),
        .. ((string[])["grids", "buildings", "households", "checkpoints", "zones"]).Select(name => new Row(
            $"POST /api/exports/{name}",
            Right.See
        )),
        .. ((string[])["persons", "returnees", "contacts", "readings"]).Select(name => new Row(
            $"POST /api/exports/{name}",
            Right.SeePersons,
            $"api/exports/{name}?purpose=visit"
        )),
        new("GET /api/exports/{id:guid}/", Right.See),
        new("GET /api/exports/{id:guid}/file", Right.See),
        new("GET /openapi", null),
        new("GET /ogc/style.css", null),
        .. (
            (string[])
                [
                    "",
                    "conformance",
                    "collections",
                    "collections/{collection}",
                    "collections/{collection}/queryables",
                    "collections/{collection}/schema",
                    "collections/{collection}/items",
                    "collections/{collection}/items/{id}",
                    "tileMatrixSets",
                    "tileMatrixSets/WebMercatorQuad",
                    "tiles",
                    "collections/{collection}/tiles",
                    "tiles/WebMercatorQuad",
                    "collections/{collection}/tiles/WebMercatorQuad",
                    "tiles/WebMercatorQuad/{z}/{y}/{x}",
                    "collections/{collection}/tiles/WebMercatorQuad/{z}/{y}/{x}",
                ]
        ).Select(path => new Row($"GET /ogc/{path}", Right.See)),
        new("OPTIONS /ogc/collections/{collection}/items", Right.See),
        new("OPTIONS /ogc/collections/{collection}/items/{id}", Right.See),
        new("POST /ogc/collections/zones/items", Right.Plan),
        new("PUT /ogc/collections/zones/items/{code}:draft", Right.Plan),
        new("PATCH /ogc/collections/zones/items/{code}:draft", Right.Plan),
        new("DELETE /ogc/collections/zones/items/{code}:draft", Right.Plan),
        new("PUT /ogc/collections/zones/items/{id}", Right.Plan),
        new("PATCH /ogc/collections/zones/items/{id}", Right.Plan),
        new("DELETE /ogc/collections/zones/items/{id}", Right.Approve),
        new("GET /api/nearest", Right.See),
        new("GET /api/within", Right.See),
        new("POST /api/within", Right.See),
        new("GET /api/subscriptions/", Right.Subscribe),
        new("POST /api/subscriptions/", Right.Subscribe),
        new("DELETE /api/subscriptions/{id:guid}", Right.Subscribe),
        new("GET /api/subscriptions/{id:guid}/deliveries", Right.Subscribe),
        new("POST /api/subscriptions/{id:guid}/replay", Right.Subscribe),
        new("GET /tiles/{layer}/{z}/{x}/{y}.mvt", Right.See, "tiles/situation/0/0/0.mvt"),
        new("GET /tiles/work/{z}/{x}/{y}.mvt", Right.See, "tiles/work/14/13837/6175.mvt"),
        new("GET /tiles/work.json", Right.See, "tiles/work.json"),
        new("GET /tiles/{layer}.json", Right.See, "tiles/situation.json"),
    ];

    internal sealed record Sample(string Household, string Building, string Grid);

    /// <param name="Endpoint">Its method and pattern.</param>
    /// <param name="Or">Another right that is enough.</param>
    /// <param name="Address">Null: the pattern, with anything in its places.</param>
    internal sealed record Row(string Endpoint, Right? Right, string? Address = null, Right? Or = null)
    {
        public string Method => Endpoint.Split(' ')[0];

        public bool AsksAboutOne => Address is not null && Address.Contains('{', StringComparison.Ordinal);

        public string AddressOf(Sample sample) =>
            (
                Address
                ?? Endpoint
                    .Split(' ')[1]
                    .TrimStart('/')
                    .Replace("{name}", "nobody-such", StringComparison.Ordinal)
                    .Replace("{id:guid}", Guid.Empty.ToString(), StringComparison.Ordinal)
            )
                .Replace(Matrix.Household, sample.Household, StringComparison.Ordinal)
                .Replace(Matrix.Building, sample.Building, StringComparison.Ordinal)
                .Replace(Matrix.Grid, sample.Grid, StringComparison.Ordinal);
    }
}
