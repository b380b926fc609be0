namespace SituationMap.Store.Database;

/// <summary>What a row of the change feed is about. The store's enum <c>feed_kind</c> has the same labels.</summary>
public enum FeedKind : byte
{
    /// <summary>A household's status became another.</summary>
    Status,

    /// <summary>A version of a risk zone was published.</summary>
    Zone,

    /// <summary>A grid was added, moved or redrawn.</summary>
    Grid,

    /// <summary>A building was added, moved or redrawn.</summary>
    Building,

    /// <summary>A checkpoint was added, moved, manned or left.</summary>
    Checkpoint,

    /// <summary>A street or lane was added or redrawn.</summary>
    Road,

    /// <summary>The last passage through a checkpoint was in another direction than the one before.</summary>
    Passage,

    /// <summary>Somebody took note of a change.</summary>
    Acknowledgement,

    /// <summary>A post is covered, has a gap or no plan, or somebody else was told of its gap.</summary>
    Cover,
}
