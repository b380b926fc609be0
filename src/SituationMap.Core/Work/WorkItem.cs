using System.Globalization;
using SituationMap.Core.Facts;
using SituationMap.Core.Statuses;

namespace SituationMap.Core.Work;

/// <summary>How things stand with what is to be done.</summary>
public enum WorkState : byte
{
    /// <summary>There is time.</summary>
    Due,

    /// <summary>It should have been done.</summary>
    Late,

    /// <summary>It should have been done so long ago that somebody else has to see to it.</summary>
    Critical,
}

/// <summary>The names of states in JSON and tiles.</summary>
public static class WorkStateNames
{
    /// <summary>due, late or critical.</summary>
    public static string Name(this WorkState state) => state.ToString().ToLowerInvariant();
}

/// <summary>Something to be done at a home. All instants are UTC.</summary>
/// <param name="Person">Whose; null: the home's.</param>
/// <param name="Rule">The rule of the edition of work, or, of what the protocol makes due, the name of the kind of fact.</param>
/// <param name="Kind">The kind of fact that does it.</param>
/// <param name="Fact">The fact it begins with; null: it begins with none.</param>
/// <param name="Since">When that was which it begins with; null: nothing ever was.</param>
/// <param name="From">The earliest instant at which it can be done.</param>
/// <param name="Due">By when it has to be done (excluded).</param>
/// <param name="Late">From when on it is late.</param>
/// <param name="Critical">From when on it is critical; null: never.</param>
/// <param name="State">How things stand at the instant asked about.</param>
/// <param name="Duty">What the protocol makes due; null: a rule of the edition of work does.</param>
public sealed record WorkItem(
    int? Person,
    string Rule,
    FactKind Kind,
    Fact? Fact,
    DateTimeOffset? Since,
    DateTimeOffset From,
    DateTimeOffset Due,
    DateTimeOffset Late,
    DateTimeOffset? Critical,
    WorkState State,
    DueItem? Duty
)
{
    private static readonly Guid Namespace = new("5b7b2a3e-4c55-4f0e-9d57-2f3f6c1d8a40");

    /// <summary>The name of the account that is to do it (<see cref="WorkAssignments"/>); null: nobody in particular.</summary>
    public string? AssignedTo { get; init; }

    /// <summary>Whether it is of its time, and cannot be made up for: a reading.</summary>
    public bool IsDaily => Duty?.IsDaily == true;

    /// <summary>How many facts it takes.</summary>
    public int Missing => Duty?.Missing ?? 1;

    /// <summary>What its id is made of, but for the codes; what was never done is the same thing to do today and tomorrow.</summary>
    internal (int? Person, string Rule, Guid? Fact, DateTimeOffset? Slot) Key =>
        (Person, Rule, Fact?.Id, Since is null && Duty is null ? null : Due);

    /// <summary>
    /// Its id: the same wherever and whenever it is worked out, so none has to be kept. A UUID of version 5 (RFC 9562) made of
    /// subject, rule, the fact it begins with and the time it is due in.
    /// </summary>
    /// <param name="household">The household's code.</param>
    /// <param name="person">The code of <see cref="Person"/>; null where there is none.</param>
    public Guid Id(string household, string? person)
    {
        var slot = Key.Slot?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return NamedUuid.Of(Namespace, string.Join('\n', household, person, Rule, Fact?.Id.ToString("D"), slot));
    }
}
