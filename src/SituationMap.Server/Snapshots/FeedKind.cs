namespace SituationMap.Server.Snapshots;

/// <summary>What a row of the change feed is about.</summary>
internal enum FeedKind : byte
{
    Status,
    Zone,
    Grid,
    Building,
    Checkpoint,
    Road,
}
