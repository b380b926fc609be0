namespace SituationMap.Server.Statuses;

/// <param name="Label">What is on the door, such as 2-301.</param>
/// <param name="Since">When the status began; null: it always was.</param>
/// <param name="Until">When it changes with nothing more reported; null: open.</param>
/// <param name="Persons">Known members.</param>
internal record HouseholdAnswer(
    string Household, int Id, string Building, string Grid, string Address, string Label, string Status, DateTimeOffset? Since, DateTimeOffset? Until,
    bool Surveyed, int Persons);

/// <summary>A household with the codes of its known members.</summary>
internal sealed record HouseholdDetailAnswer : HouseholdAnswer
{
    public HouseholdDetailAnswer(HouseholdAnswer household)
        : base(household)
    {
    }

    public required IReadOnlyList<string> Members { get; init; }
}

/// <param name="Next">Where the next page is; null: this is the last one.</param>
internal sealed record HouseholdsAnswer(IReadOnlyList<HouseholdAnswer> Households, string? Next);

/// <summary>A sentence in each language the interface speaks.</summary>
internal sealed record WordsAnswer(
    [property: System.Text.Json.Serialization.JsonPropertyName("zh-CN")] string Chinese,
    [property: System.Text.Json.Serialization.JsonPropertyName("en")] string English);

/// <param name="Rule">The id of the rule in the edition.</param>
/// <param name="Fact">The id of the fact it rests on; null where a zone decides.</param>
/// <param name="Zone">The code of the zone it rests on; null where a fact decides.</param>
/// <param name="Words">The same as a sentence.</param>
internal sealed record ReasonAnswer(
    string Rule, Guid? Fact, string? Zone, int? ZoneVersion, DateTimeOffset From, DateTimeOffset? To, WordsAnswer Words);

/// <param name="Because">What decided it, most decisive first; empty for a household that nothing restricts.</param>
/// <param name="AsOf">The instant the answer is about.</param>
/// <param name="KnownAt">What had been reported by then is taken into account.</param>
/// <param name="Sequence">The sequence of the feed at which it was worked out.</param>
internal sealed record StatusAnswer(
    string Household, string Status, DateTimeOffset? Since, DateTimeOffset? Until, bool Surveyed, string Edition,
    IReadOnlyList<ReasonAnswer> Because, DateTimeOffset AsOf, DateTimeOffset KnownAt, long Sequence);

/// <param name="At">When it was recorded.</param>
internal sealed record StatusChangeAnswer(
    long Sequence, DateTimeOffset At, string Status, bool Surveyed, DateTimeOffset? Since, DateTimeOffset? Until, string Edition);

internal sealed record HistoryAnswer(string Household, IReadOnlyList<StatusChangeAnswer> Changes, string? Next);
