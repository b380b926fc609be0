namespace SituationMap.Core.Protocols;

/// <summary>Reads what an edition of work asks of posts.</summary>
internal static class DutyReader
{
    private const string EndOfDay = "24:00";

    public static DutyEdition Read(JsonCursor json)
    {
        RuleReader.ReadSource(json);
        var none = DutyEdition.None;
        var edition = new DutyEdition
        {
            Posts = [.. json.Required("posts", "how many people are wanted at posts")?.Items().Select(ReadKind) ?? []],
            Overlap = Minutes(json, "overlapMinutes", none.Overlap),
            GapAfter = Minutes(json, "gapAfterMinutes", none.GapAfter),
            ChiefAfter = Minutes(json, "chiefAfterMinutes", none.ChiefAfter),
            StaysAfterEnd = Minutes(json, "staysAfterEndMinutes", none.StaysAfterEnd),
            PlanHolds = Hours(json, "planHoldsHours", none.PlanHolds),
            Rest = Minutes(json, "restMinutes", none.Rest),
            LongestRow = Hours(json, "hoursInARow", none.LongestRow),
            LongestWeek = Hours(json, "hoursAWeek", none.LongestWeek),
        };
        if (edition.Posts.Count == 0)
            json.Expect("at least one kind of post in 'posts'");
        foreach (var repeated in edition.Posts.GroupBy(kind => kind.Id).Where(group => group.Count() > 1))
            json.Complain($"two kinds of post have the id '{repeated.Key}'");
        if (edition.ChiefAfter < edition.GapAfter)
            json.Complain("the chief cannot be told before it is a gap");
        if (edition.PlanHolds < edition.StaysAfterEnd)
            json.Complain("nobody can stay for longer than the plan holds");
        json.NothingElse();
        return edition.Posts.Count == 0 ? edition with { Posts = none.Posts } : edition;
    }

    private static PostKind ReadKind(JsonCursor json)
    {
        var kind = new PostKind(
            json.Required("id", "the kind's id")?.Text("the kind's id") ?? "",
            json.Required("name", "what the kind is called")?.LocalText() ?? new LocalText("", ""),
            [.. json.Required("hours", "the hours at which people are wanted")?.Items().Select(ReadHours) ?? []]
        );
        for (var i = 0; i < kind.Hours.Count; i++)
            if (kind.Hours[i].To <= kind.Hours[i].From || (i > 0 && !(kind.Hours[i].From >= kind.Hours[i - 1].To)))
                json.Complain("each of 'hours' must begin after the one before it, and end after it begins");
        json.NothingElse();
        return kind;
    }

    private static WantedHours ReadHours(JsonCursor json)
    {
        var from = json.Required("from", "a time of day such as 08:00");
        var to = json.Required("to", "a time of day such as 20:00, or 24:00");
        var hours = new WantedHours(
            from is null ? default : RuleReader.ReadTime(from),
            to is null || to.Text("a time of day") == EndOfDay ? null : RuleReader.ReadTime(to),
            json.Required("people", "a number of people")?.WholeNumber(1, 100) ?? 1
        );
        json.NothingElse();
        return hours;
    }

    private static TimeSpan Minutes(JsonCursor json, string name, TimeSpan otherwise) =>
        json.Optional(name) is { } value ? TimeSpan.FromMinutes(value.WholeNumber(0, 24 * 60)) : otherwise;

    private static TimeSpan Hours(JsonCursor json, string name, TimeSpan otherwise) =>
        json.Optional(name) is { } value ? TimeSpan.FromHours(value.WholeNumber(1, 24 * 7)) : otherwise;
}
