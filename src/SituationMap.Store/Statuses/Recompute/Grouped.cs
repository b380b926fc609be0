namespace SituationMap.Store.Statuses.Recompute;

/// <summary>Items by the number of their group, without a list per group.</summary>
public sealed class Grouped<T>
{
    private readonly int[] _ends;
    private readonly T[] _items;

    /// <param name="groups">How many groups; an item's group is below it.</param>
    /// <param name="items">Within a group they keep their order.</param>
    public Grouped(int groups, List<(int Group, T Item)> items)
    {
        // counting sort: where each group begins, moved on by each of its items, is where it ends
        _ends = new int[groups];
        foreach (var (group, _) in items)
            if (group + 1 < groups)
                _ends[group + 1]++;
        for (var group = 1; group < groups; group++)
            _ends[group] += _ends[group - 1];
        _items = new T[items.Count];
        foreach (var (group, item) in items)
            _items[_ends[group]++] = item;
    }

    public ArraySegment<T> this[int group]
    {
        get
        {
            var start = group == 0 ? 0 : _ends[group - 1];
            return new ArraySegment<T>(_items, start, _ends[group] - start);
        }
    }
}
