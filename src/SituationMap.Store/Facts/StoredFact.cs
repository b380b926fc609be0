namespace SituationMap.Store.Facts;

/// <summary>What a fact is read from.</summary>
public static class StoredFact
{
    /// <summary>The account that brought it and those that had a hand in that, with a space between; empty where none was kept.</summary>
    public const string Reporter = "coalesce(account || coalesce(' ' || array_to_string(hands, ' '), ''), '')";

    public const string Columns = $"id, kind, person, at, received_at, source, data, {Reporter}";
}
