using System.Globalization;
using Microsoft.Extensions.Primitives;
using NetTopologySuite.Geometries;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Core.Projections;
using SituationMap.Geo.Features;
using SituationMap.Geo.Filters;
using SituationMap.Server.Http;

namespace SituationMap.Server.Ogc;

/// <summary>What a request asks of a collection.</summary>
/// <param name="Limit">As many features as one page has.</param>
/// <param name="After">Only features with a larger key.</param>
/// <param name="Boxes">Only features that meet one of these, in lon, lat; null: no matter where.</param>
/// <param name="From">With <paramref name="To"/>, only features in force then; null: open, or no matter when.</param>
/// <param name="Crs">In which coordinates are answered.</param>
/// <param name="Filter">Only features of which it holds; null: all.</param>
internal sealed record FeatureQuery(
    int Limit,
    long After,
    Envelope[]? Boxes,
    bool HasTime,
    DateTimeOffset? From,
    DateTimeOffset? To,
    CoordinateSystem Crs,
    Cql2Expression<FeatureAt>? Filter
)
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 10_000;

    private static readonly string[] Parameters =
    [
        "limit",
        "after",
        "bbox",
        "bbox-crs",
        "datetime",
        "crs",
        "filter",
        "filter-lang",
        "filter-crs",
        "f",
    ];

    /// <summary>Reads the parameters; every one that is not known is told.</summary>
    public static (FeatureQuery? Query, Fault? Fault) Read(IQueryCollection query, FeatureCollection collection, CoordinateSystems systems)
    {
        foreach (var (name, values) in query)
        {
            if (!Parameters.Contains(name) && collection.Properties.All(property => property.Name != name))
                return (null, QueryParameters.Unknown(name, [.. Parameters, .. collection.Properties.Select(property => property.Name)]));
            if (values.Count != 1)
                return Wrong("value-wrong", name, "one value");
        }
        if (!Whole(query["limit"], DefaultLimit, out var limit) || limit < 1)
            return Wrong("value-wrong", "limit", $"a whole number from 1 to {MaxLimit}");
        if (!Whole(query["after"], 0, out var after))
            return Wrong("value-wrong", "after", "what a next link has");
        if (ReadCrs(query, "crs", systems, out var crs) is { } wrongCrs)
            return (null, wrongCrs);
        if (ReadCrs(query, "bbox-crs", systems, out var boxCrs) is { } wrongBoxCrs)
            return (null, wrongBoxCrs);
        if (ReadCrs(query, "filter-crs", systems, out var filterCrs) is { } wrongFilterCrs)
            return (null, wrongFilterCrs);
        Envelope[]? boxes = null;
        if (query.TryGetValue("bbox", out var box) && (boxes = Reprojection.Box(box.ToString(), boxCrs)) is null)
            return Wrong(
                "value-wrong",
                "bbox",
                $"four numbers with commas between: the smallest and the largest of both axes, in the order of {boxCrs.Code}"
            );
        DateTimeOffset? from = null,
            to = null;
        if (query.TryGetValue("datetime", out var time) && !Time(time.ToString(), out from, out to))
            return Wrong("value-wrong", "datetime", "a time with its offset, or two with / between, either of which may be ..");
        var (filter, fault) = ReadFilter(query, collection, filterCrs);
        return fault is not null
            ? (null, fault)
            : (new FeatureQuery((int)Math.Min(limit, MaxLimit), after, boxes, query.ContainsKey("datetime"), from, to, crs, filter), null);
    }

    private static (Cql2Expression<FeatureAt>?, Fault?) ReadFilter(
        IQueryCollection query,
        FeatureCollection collection,
        CoordinateSystem crs
    )
    {
        var parts = new List<Cql2Expression<FeatureAt>>();
        if (query.TryGetValue("filter", out var text))
        {
            if (text.ToString().Length > Cql2.MaxCharacters)
                return (null, new Fault("value-wrong", "filter", $"at most {Cql2.MaxCharacters} characters"));
            var language = query["filter-lang"].ToString();
            if (language is not ("" or "cql2-text" or "cql2-json"))
                return (null, new Fault("value-wrong", "filter-lang", "cql2-text or cql2-json"));
            try
            {
                parts.Add(
                    language == "cql2-json"
                        ? Cql2.ReadJson(text.ToString(), collection.Filterable, crs)
                        : Cql2.ReadText(text.ToString(), collection.Filterable, crs)
                );
            }
            catch (Cql2Exception wrong)
            {
                return (null, new Fault("filter-wrong", "filter", wrong.Message));
            }
        }
        foreach (var property in collection.Filterable.Properties.Where(property => query.ContainsKey(property.Name)))
        {
            if (Cql2.Equal(property, query[property.Name].ToString()) is not { } equal)
                return (null, new Fault("value-wrong", property.Name, $"a value of type {property.Type}"));
            parts.Add(equal);
        }
        return (parts.Count == 0 ? null : parts.Aggregate(Cql2.And), null);
    }

    private static Fault? ReadCrs(IQueryCollection query, string name, CoordinateSystems systems, out CoordinateSystem found)
    {
        found = systems.Find(query.TryGetValue(name, out var asked) ? asked.ToString() : CoordinateSystems.Default)!;
        return found is null ? new Fault("crs-unknown", name, "one of those that the collection lists under crs") : null;
    }

    private static bool Whole(StringValues text, long otherwise, out long number)
    {
        number = otherwise;
        return text.Count == 0 || long.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static bool Time(string text, out DateTimeOffset? from, out DateTimeOffset? to)
    {
        (from, to) = (null, null);
        var parts = text.Split('/');
        if (parts.Length > 2 || (parts.Length == 1 && parts[0] is "" or ".."))
            return false;
        if (!One(parts[0], false, out from) || !One(parts[^1], true, out to))
            return false;
        return from is null || to is null || from <= to;

        static bool One(string part, bool isEnd, out DateTimeOffset? instant)
        {
            instant = null;
            if (part is "" or "..")
                return true;
            if (Instants.TryParse(part, out var read))
            {
                instant = read;
                return true;
            }
            if (!DateTimeOffset.TryParseExact(part, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out read))
                return false;
            instant = isEnd && read < DateTimeOffset.MaxValue.AddDays(-1) ? read.AddDays(1).AddTicks(-1) : read;
            return true;
        }
    }

    private static (FeatureQuery?, Fault?) Wrong(string code, string field, string expected) => (null, new Fault(code, field, expected));
}
