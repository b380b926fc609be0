namespace SituationMap.Store.Access;

/// <summary>What is granted: a bundle of rights for one kind of work.</summary>
public sealed record Role(string Name, params Right[] Rights)
{
    public static IReadOnlyList<Role> All { get; } =
    [
        new("viewer", Right.See),
        new("reporter", Right.See, Right.Report, Right.StandDuty, Right.SeePersons),
        // sees no map: what he is told is a decision about whoever stands before him
        new("guard", Right.Guard),
        new("dispatcher", Right.See, Right.StandDuty, Right.Dispatch),
        new("planner", Right.See, Right.Plan),
        new("approver", Right.See, Right.Approve, Right.SeePersons),
        new("authority", Right.See, Right.Report, Right.Order, Right.SeePersons),
        // brings what other authorities have ordered as well
        new("system", Right.See, Right.Report, Right.Order, Right.Subscribe, Right.Operate),
        // whoever reads the record is not whoever makes it
        new("auditor", Right.Audit),
        new("administrator", Right.See, Right.Import, Right.Subscribe, Right.Operate, Right.Administer),
    ];

    public static IEnumerable<string> Names => All.Select(role => role.Name);

    /// <summary>Roles that make no sense in a part of the city only.</summary>
    public bool IsForWholeCity => Rights.Contains(Right.Administer) || Rights.Contains(Right.Audit);

    /// <summary>Whether it is granted at a checkpoint, and in no grid.</summary>
    public bool IsAtCheckpoint => Rights.Contains(Right.Guard);

    public static Role? Find(string name) => All.FirstOrDefault(role => role.Name == name);
}
