using System.Text.Json;

namespace SituationMap.Server.Tests.Ogc;

/// <summary>
/// The abstract tests of OGC API Features, each named after what it asserts, in the standard's words: <c>fc</c> are the features of a
/// collection, <c>sfc</c> one collection, <c>f</c> one feature, <c>md</c> metadata, <c>op</c> the operation.
/// </summary>
public abstract class AbstractTests(SharedDemo server) : IClassFixture<SharedDemo>
{
    protected const string Crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
    protected const string Items = "/ogc/collections/{collection}/items";

    protected static readonly string[] Ids = ["grids", "buildings", "households", "checkpoints", "zones", "roads"];

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected DemoServer Demo => server.Demo;

    protected Task<JsonElement> JsonAsync(string path) => Demo.GetJsonAsync(path);

    protected static IEnumerable<JsonElement> Links(JsonElement resource, string relation) =>
        resource.GetProperty("links").EnumerateArray().Where(link => link.GetProperty("rel").GetString() == relation);

    protected static JsonElement? Link(JsonElement resource, string relation) =>
        Links(resource, relation).Select(link => (JsonElement?)link).FirstOrDefault();

    protected static IEnumerable<(double X, double Y)> Positions(JsonElement coordinates) =>
        coordinates[0].ValueKind == JsonValueKind.Number
            ? [(coordinates[0].GetDouble(), coordinates[1].GetDouble())]
            : coordinates.EnumerateArray().SelectMany(Positions);
}
