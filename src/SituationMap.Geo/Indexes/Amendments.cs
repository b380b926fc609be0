namespace SituationMap.Geo.Indexes;

/// <summary>
/// The few things of an index that are no longer where it was built to find them: it leaves them out, and they are looked at one by
/// one. So that a building which moves does not cost an index over all of them.
/// </summary>
public sealed class Amendments
{
    private readonly HashSet<int> _items;

    private Amendments(HashSet<int> items) => (_items, Items) = (items, [.. items]);

    /// <summary>Nothing has changed.</summary>
    public static Amendments None { get; } = new([]);

    /// <summary>Their indexes in the list that the index is over.</summary>
    public int[] Items { get; }

    /// <summary>Whether an item is one of them.</summary>
    public bool Contain(int item) => Items.Length > 0 && _items.Contains(item);

    /// <summary>These and more.</summary>
    public Amendments With(IEnumerable<int> items) => new([.. Items, .. items]);
}
