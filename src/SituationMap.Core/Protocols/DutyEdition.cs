namespace SituationMap.Core.Protocols;

/// <summary>What an edition of work asks of posts and of those who stand at them. Made by <see cref="ProtocolReader"/> from
/// <c>duty</c> in <c>data/work</c>.</summary>
public sealed record DutyEdition
{
    /// <summary>Of an edition that says nothing of posts: one person is wanted round the clock wherever shifts are planned.</summary>
    public static DutyEdition None { get; } = new();

    /// <summary>How many people are wanted when, by kind of post; a post of a kind that is not here has the first.</summary>
    public IReadOnlyList<PostKind> Posts { get; init; } = [new("post", new LocalText("岗位", "Post"), [new(new(0, 0), null, 1)])];

    /// <summary>Whoever leaves has stood beside whoever follows for so long, or the handover was too short.</summary>
    public TimeSpan Overlap { get; init; } = TimeSpan.Zero;

    /// <summary>So long after too few are there it is a gap.</summary>
    public TimeSpan GapAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>So long after too few are there the chief is told, after the post's leader.</summary>
    public TimeSpan ChiefAfter { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>So long after the planned end whoever has not said that he left still counts as there.</summary>
    public TimeSpan StaysAfterEnd { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>So long after the last planned shift has ended a post still has a plan, and nobody there is a gap.</summary>
    public TimeSpan PlanHolds { get; init; } = TimeSpan.FromHours(24);

    /// <summary>A break shorter than this does not interrupt hours in a row.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromHours(1);

    /// <summary>More hours in a row are too many.</summary>
    public TimeSpan LongestRow { get; init; } = TimeSpan.FromHours(12);

    /// <summary>More hours in a week, from Monday on, are too many.</summary>
    public TimeSpan LongestWeek { get; init; } = TimeSpan.FromHours(60);

    /// <summary>What is wanted at a post of a kind.</summary>
    public PostKind Kind(string id) => Posts.FirstOrDefault(kind => kind.Id == id) ?? Posts[0];
}

/// <summary>How many people are wanted when at posts of one kind.</summary>
/// <param name="Id">The id that posts name.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Hours">In order of the day; at hours that are not here nobody is wanted.</param>
public sealed record PostKind(string Id, LocalText Name, IReadOnlyList<WantedHours> Hours);

/// <summary>The time [From, To) of every day, local, at which so many people are wanted.</summary>
/// <param name="From">From when.</param>
/// <param name="To">Null: the end of the day.</param>
/// <param name="People">How many.</param>
public readonly record struct WantedHours(TimeOnly From, TimeOnly? To, int People);
