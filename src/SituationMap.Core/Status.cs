namespace SituationMap.Core;

/// <summary>
/// A household's status. The numbers are the order of severity, so that the most restrictive of several is their maximum;
/// the store's enum <c>status</c> has the same order.
/// </summary>
public enum Status : byte
{
    /// <summary>Nothing restricts the household.</summary>
    Healthy = 0,

    /// <summary>Every known member has left the district and not returned.</summary>
    Out = 1,

    /// <summary>Under observation: readings are due.</summary>
    Observed = 2,

    /// <summary>Quarantined at home.</summary>
    Quarantined = 3,
}

/// <summary>What statuses are called in JSON, in tiles and in SQL.</summary>
public static class StatusNames
{
    /// <summary>Its name, as the store's enum <c>status</c> has it.</summary>
    public static string Name(this Status status) =>
        status switch
        {
            Status.Quarantined => "quarantined",
            Status.Observed => "observed",
            Status.Out => "out",
            _ => "healthy",
        };

    /// <summary>All names, the most severe first.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Enum.GetValues<Status>().OrderDescending().Select(Name)];

    /// <summary>The status of a name; null: none has it.</summary>
    public static Status? Find(string name) =>
        Enum.GetValues<Status>().Cast<Status?>().FirstOrDefault(status => status!.Value.Name() == name);
}
