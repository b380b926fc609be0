namespace SituationMap.Store.Persons;

/// <param name="Fact">The decision or the retraction that gives it, or the report that it is a note of.</param>
/// <param name="Reason">As somebody wrote it, or an ellipsis.</param>
public sealed record GivenReason(Guid Fact, string Reason);
