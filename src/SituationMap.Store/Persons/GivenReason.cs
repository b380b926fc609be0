namespace SituationMap.Store.Persons;

/// <param name="Fact">The decision or the retraction that gives it.</param>
/// <param name="Reason">As somebody wrote it, or an ellipsis.</param>
public sealed record GivenReason(Guid Fact, string Reason);
