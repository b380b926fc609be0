using SituationMap.Core;

namespace SituationMap.Server.Statuses;

/// <param name="Label">What is on the door, such as 2-301.</param>
/// <param name="Since">When the status began; null: it always was.</param>
/// <param name="Until">When it changes with nothing more reported; null: open.</param>
/// <param name="Persons">Known members.</param>
/// <param name="Let">Whether the home is let.</param>
internal record HouseholdResponse(
    string Household,
    int Id,
    string Building,
    string Grid,
    string Address,
    string Label,
    [property: Schema("Status")] string Status,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    bool Surveyed,
    int Persons,
    bool Let
);

/// <summary>A household with the codes of its known members, for those who report of them or may see who they are; null for all
/// others.</summary>
internal sealed record HouseholdDetailResponse : HouseholdResponse
{
    public HouseholdDetailResponse(HouseholdResponse household)
        : base(household) { }

    public required IReadOnlyList<string>? Members { get; init; }
}

/// <param name="Rule">The id of the rule in the edition.</param>
/// <param name="Fact">The id of the fact it rests on; null where a zone decides.</param>
/// <param name="Zone">The code of the zone it rests on; null where a fact decides.</param>
/// <param name="Edition">The edition whose rule it is; after a change of editions this may be an earlier one.</param>
/// <param name="With">Further facts it cannot do without, such as what confirmed an override.</param>
/// <param name="Words">The same as a sentence.</param>
/// <param name="Sooner">What would end it sooner; null where the edition says nothing of it.</param>
internal sealed record ReasonResponse(
    string Rule,
    string Edition,
    Guid? Fact,
    IReadOnlyList<Guid> With,
    string? Zone,
    int? ZoneVersion,
    DateTimeOffset From,
    DateTimeOffset? To,
    WordsResponse Words,
    WordsResponse? Sooner
);

/// <summary>What was decided and has no effect until a second person confirms it.</summary>
/// <param name="Rule">The rule it would begin.</param>
/// <param name="Status">The status it would give.</param>
/// <param name="Until">Until when; null: open.</param>
internal sealed record PendingResponse(
    Guid Fact,
    string Rule,
    [property: Schema("Status")] string Status,
    DateTimeOffset? Until,
    string Source,
    WordsResponse Words
);

/// <param name="What">The kind of fact that is missing, such as temperature or test.</param>
/// <param name="Person">Whose; null where no member is known.</param>
/// <param name="Rule">The rule that makes it due; null: the edition does, of everyone with such a status.</param>
/// <param name="From">The earliest instant at which it can be done.</param>
/// <param name="Due">By when it has to be done.</param>
/// <param name="Missing">How many.</param>
internal sealed record DueItemResponse(
    string What,
    string? Person,
    string? Rule,
    string Edition,
    DateTimeOffset From,
    DateTimeOffset Due,
    int Missing,
    WordsResponse Words
);

/// <param name="Because">What decided it, most decisive first; empty for a household that nothing restricts.</param>
/// <param name="Pending">What would change it once it is confirmed.</param>
/// <param name="Due">Readings and tests that are to be done in the next 24 hours, the soonest first.</param>
/// <param name="Overdue">Readings and tests that were due and are missing, the oldest first.</param>
/// <param name="AsOf">The instant the answer is about.</param>
/// <param name="KnownAt">What had been reported by then is taken into account.</param>
/// <param name="Sequence">The sequence of the feed at which it was worked out.</param>
internal sealed record StatusResponse(
    string Household,
    [property: Schema("Status")] string Status,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    bool Surveyed,
    string Edition,
    IReadOnlyList<ReasonResponse> Because,
    IReadOnlyList<PendingResponse> Pending,
    IReadOnlyList<DueItemResponse> Due,
    IReadOnlyList<DueItemResponse> Overdue,
    DateTimeOffset AsOf,
    DateTimeOffset KnownAt,
    long Sequence
);

/// <param name="At">When it was recorded.</param>
internal sealed record StatusChangeResponse(
    long Sequence,
    DateTimeOffset At,
    [property: Schema("Status")] string Status,
    bool Surveyed,
    DateTimeOffset? Since,
    DateTimeOffset? Until,
    string Edition
);

internal sealed record HistoryResponse(string Household, IReadOnlyList<StatusChangeResponse> Changes, string? Next);
