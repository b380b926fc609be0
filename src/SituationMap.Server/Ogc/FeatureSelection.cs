using NetTopologySuite.Geometries;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Ogc;

/// <summary>Finds the features of a collection that a request asks for.</summary>
internal static class FeatureSelection
{
    /// <summary>How many are looked at exactly for the sake of numberMatched.</summary>
    private const int MaxCounted = 10_000;

    /// <summary>The indexes of one page, whether more follow, and how many there are without pages, where that is cheap to say.</summary>
    public static (List<int> Indexes, bool More, long? Matched) Select(
        FeatureCollection collection,
        FeatureQuery query,
        Snapshot snapshot,
        Scope scope,
        CancellationToken cancellation
    )
    {
        int[] candidates;
        Geometry? around = null;
        if (query.Boxes is { } boxes && collection.Meet is { } meet)
        {
            candidates = [.. boxes.SelectMany(box => meet(snapshot, box)).Distinct()];
            Array.Sort(Array.ConvertAll(candidates, index => collection.Key(snapshot, index)), candidates);
        }
        else
            candidates = collection.Order(snapshot);
        if (query.Boxes is not null)
            around = query.Boxes.Select(snapshot.City.GeometryFactory.ToGeometry).Aggregate((one, other) => one.Union(other));

        var indexes = new List<int>(Math.Min(query.Limit, 1_000));
        var more = false;
        // by halves: the candidates are in the order of their keys
        var (first, end) = (0, candidates.Length);
        while (first < end)
        {
            var middle = (first + end) / 2;
            (first, end) = collection.Key(snapshot, candidates[middle]) > query.After ? (first, middle) : (middle + 1, end);
        }
        for (var i = first; i < candidates.Length && !more; i++)
        {
            if ((i & 0xFFF) == 0)
                cancellation.ThrowIfCancellationRequested();
            if (!Holds(candidates[i]))
                continue;
            more = indexes.Count == query.Limit;
            if (!more)
                indexes.Add(candidates[i]);
        }
        long? matched =
            !more && first == 0 ? indexes.Count
            : query.Filter is null && around is null && (collection.Grid is null || scope.IsWholeCity) ? candidates.Length
            : candidates.Length <= MaxCounted ? candidates.Count(Holds)
            : null;
        return (indexes, more, matched);

        bool Holds(int index) =>
            collection.IsIn(scope, snapshot, index)
            && (around is null || around.Intersects(collection.Geometry(snapshot, index)))
            && (query.Filter is null || query.Filter(new FeatureAt(snapshot, index)) == true);
    }
}
