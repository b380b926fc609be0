namespace SituationMap.Store.Database;

/// <summary>The channels of NOTIFY. The functions of the store notify on them, too, and have to write the names out.</summary>
public static class Channels
{
    /// <summary>Rows were added to the feed.</summary>
    public const string Feed = "situation_feed";

    /// <summary>Households were marked dirty.</summary>
    public const string Dirty = "situation_dirty";
}
