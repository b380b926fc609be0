using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;
using SituationMap.Core;
using SituationMap.Core.Projections;
using SituationMap.Server.Http;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Lookups;

/// <summary>A household, building or checkpoint near a point or within an area; what does not apply to its kind is null.</summary>
/// <param name="Lon">Of a point in it, in a geographic system: degrees.</param>
/// <param name="X">Of a point in it, in a projected system: the easting in metres.</param>
/// <param name="Y">The northing in metres.</param>
/// <param name="Metres">From the point asked about, along the ellipsoid WGS 84; null where none was.</param>
internal sealed record PlacedResponse(
    string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Lon,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Lat,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? X,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Y,
    double? Metres,
    string? Building,
    string? Grid,
    string? Address,
    string? Label,
    [property: Schema("Status")] string? Status,
    bool? Surveyed,
    int? Households,
    string? Name,
    bool? Manned
);

/// <param name="Crs">The system of the items' positions.</param>
/// <param name="Matched">How many there are without pages; of households, buildings and checkpoints near a point as many as were looked
/// for.</param>
/// <param name="Next">Where the next page is; null: this is the last one.</param>
internal sealed record PlacedListResponse(
    long Sequence,
    DateTimeOffset AsOf,
    string Crs,
    int Matched,
    IReadOnlyList<PlacedResponse> Items,
    string? Next
);

/// <summary>What lookups of what stands on the map have in common: what is looked for, how far, and how it is answered.</summary>
internal static class Placed
{
    /// <summary>The farthest that a circle reaches, in metres.</summary>
    private const double MaxMetres = 1_000_000;

    private static readonly string[] Kinds = ["households", "buildings", "checkpoints"];

    /// <param name="indexes">Indexes in the snapshot's list of the kind.</param>
    /// <param name="next">What <c>after</c> is on the next page; null: there is none.</param>
    public static PlacedListResponse Answer(
        HttpContext context,
        Snapshot snapshot,
        CoordinateSystem system,
        string of,
        int matched,
        IEnumerable<(int Index, double? Metres)> indexes,
        string? next
    )
    {
        var city = snapshot.City;
        return new PlacedListResponse(
            snapshot.Sequence,
            snapshot.AsOf,
            system.Code,
            matched,
            [.. indexes.Select(Of)],
            next is null
                ? null
                : QueryHelpers.AddQueryString(
                    context.Request.Here(),
                    context
                        .Request.Query.Where(parameter => parameter.Key != "after")
                        .Select(parameter => KeyValuePair.Create(parameter.Key, (string?)parameter.Value.ToString()))
                        .Append(new("after", next))
                )
        );

        PlacedResponse Of((int Index, double? Metres) item)
        {
            var (index, metres) = (item.Index, item.Metres is { } exact ? Math.Round(exact, 2) : (double?)null);
            if (of == "checkpoints")
            {
                var checkpoint = city.Checkpoints[index];
                var (lon, lat, easting, northing) = At(checkpoint.Location.X, checkpoint.Location.Y);
                return new PlacedResponse(
                    checkpoint.Code,
                    lon,
                    lat,
                    easting,
                    northing,
                    metres,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    checkpoint.Name,
                    snapshot.IsManned(checkpoint)
                );
            }
            var at = of == "buildings" ? index : city.Households[index].Building;
            var (building, grid) = (city.Buildings[at], city.Grids[city.Buildings[at].Grid].Code);
            var (longitude, latitude, x, y) = At(city.LookupIndex.Points[at].Longitude, city.LookupIndex.Points[at].Latitude);
            return of == "buildings"
                ? new PlacedResponse(
                    building.Code,
                    longitude,
                    latitude,
                    x,
                    y,
                    metres,
                    null,
                    grid,
                    building.Address,
                    null,
                    null,
                    null,
                    building.HouseholdCount,
                    null,
                    null
                )
                : new PlacedResponse(
                    city.Households[index].Code,
                    longitude,
                    latitude,
                    x,
                    y,
                    metres,
                    building.Code,
                    grid,
                    building.Address,
                    city.Households[index].Label(building),
                    StatusNames.Name(snapshot.States[index].Status),
                    snapshot.States[index].Surveyed,
                    null,
                    null,
                    null
                );
        }

        (double? Lon, double? Lat, double? X, double? Y) At(double longitude, double latitude)
        {
            var (x, y) = system.FromLonLat(longitude, latitude);
            return system.IsGeographic
                ? (Math.Round(x, 9), Math.Round(y, 9), null, null)
                : (null, null, Math.Round(x, 4), Math.Round(y, 4));
        }
    }

    public static Fault? CheckKind(string? of) =>
        of is null ? new Fault("field-missing", "of", $"one of {string.Join(", ", Kinds)}") : Problems.UnlessOneOf("of", of, Kinds);

    public static Fault? Metres(string field, string? text, ref double? metres)
    {
        if (text is null)
            return null;
        if (
            !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !(number > 0 && number <= MaxMetres)
        )
            return new Fault("value-wrong", field, $"metres, more than 0 and at most {MaxMetres:0}");
        metres = number;
        return null;
    }
}
