using SituationMap.Server.Demo.Reports;
using SituationMap.Server.Demo.Town;

namespace SituationMap.Server.Demo.Play;

/// <summary>A report as <c>POST /api/facts</c> takes it, and the same in words.</summary>
internal sealed record PlayedReport(string Kind, PlayedHousehold Household, string? Person, string Source, object Data, string Words)
{
    private static readonly (string Code, string Name)[] Checkpoints =
    [
        .. Checkpoint.All.Select((checkpoint, i) => (Checkpoint.Code(i + 1), checkpoint.Name)).Where((_, i) => Checkpoint.All[i].Manned),
    ];

    private static readonly string[] Needed = ["food", "medicine", "doctor", "transport"];

    // how often each is tried, and for which households
    private static readonly (
        int Weight,
        Func<PlayedHousehold, bool> Fits,
        Func<PlayedHousehold, DemoRandom, PlayedReport?> Tell
    )[] Stories =
    [
        (38, IsWatched, Temperature),
        (28, household => household.Status == "healthy", Passage),
        (10, household => household.Status == "out", Return),
        (9, household => household.Status == "healthy" && household.Surveyed, Departure),
        (5, household => household.Status == "healthy" && household.Surveyed, Returnee),
        (4, household => household.Status == "quarantined", Test),
        (3, household => household.Status == "healthy" && household.Surveyed, Fever),
        (3, household => !household.Surveyed, Survey),
        (5, household => household.Status != "out", Visit),
        (3, household => household.Status != "out", Need),
    ];

    /// <summary>The next report: what and about whom is left to chance. Null: nobody fits what was drawn.</summary>
    public static async Task<PlayedReport?> NextAsync(PlayedHouseholds households, DemoRandom random, CancellationToken cancellation)
    {
        var drawn = random.Whole(1, Stories.Sum(story => story.Weight));
        foreach (var (weight, fits, tell) in Stories)
        {
            drawn -= weight;
            if (drawn <= 0)
                return await households.FindAsync(fits, cancellation) is { } household ? tell(household, random) : null;
        }
        return null;
    }

    private static bool IsWatched(PlayedHousehold household) => household.Status is "observed" or "quarantined";

    private static PlayedReport? Temperature(PlayedHousehold household, DemoRandom random)
    {
        // now and then a fever
        var celsius = random.Chance(0.02) ? random.Whole(374, 384) / 10m : random.Whole(360, 369) / 10m;
        return Member(household, random) is { } person
            ? new("temperature", household, person, Grid(household), new { celsius }, $"temperature {celsius:0.0} ℃")
            : null;
    }

    private static PlayedReport? Passage(PlayedHousehold household, DemoRandom random)
    {
        var (checkpoint, name) = random.Pick(Checkpoints);
        if (Member(household, random) is not { } person)
            return null;
        if (random.Chance(0.5))
            return new(
                "passage",
                household,
                person,
                $"checkpoint:{checkpoint}",
                new { checkpoint, direction = "out" },
                $"out through {name}"
            );
        var celsius = random.Whole(358, 368) / 10m;
        return new(
            "passage",
            household,
            person,
            $"checkpoint:{checkpoint}",
            new
            {
                checkpoint,
                direction = "in",
                celsius,
            },
            $"in through {name}, {celsius:0.0} ℃"
        );
    }

    private static PlayedReport Return(PlayedHousehold household, DemoRandom random)
    {
        var (from, risk) = Origin(random);
        return new(
            "returned",
            household,
            null,
            $"checkpoint:{random.Pick(Checkpoints).Code}",
            new { from = from.Code, risk },
            $"everyone is back from {from.Name}, {risk} risk"
        );
    }

    private static PlayedReport Departure(PlayedHousehold household, DemoRandom random)
    {
        var to = random.Pick(Destination.Ordinary);
        return new("departed", household, null, Grid(household), new { to = to.Code }, $"everyone left for {to.Name}");
    }

    private static PlayedReport? Returnee(PlayedHousehold household, DemoRandom random)
    {
        var (from, risk) = Origin(random);
        return Member(household, random) is { } person
            ? new(
                "returned",
                household,
                person,
                Grid(household),
                new { from = from.Code, risk },
                $"one member is back from {from.Name}, {risk} risk"
            )
            : null;
    }

    private static PlayedReport? Test(PlayedHousehold household, DemoRandom random) =>
        Member(household, random) is { } person
            ? new("test", household, person, "system:hospital", new { result = "negative" }, "tested negative")
            : null;

    private static PlayedReport? Fever(PlayedHousehold household, DemoRandom random)
    {
        var (checkpoint, name) = random.Pick(Checkpoints);
        var celsius = random.Whole(374, 382) / 10m;
        return Member(household, random) is { } person
            ? new(
                "passage",
                household,
                person,
                $"checkpoint:{checkpoint}",
                new
                {
                    checkpoint,
                    direction = "in",
                    celsius,
                },
                $"in through {name} with {celsius:0.0} ℃"
            )
            : null;
    }

    private static PlayedReport Survey(PlayedHousehold household, DemoRandom random)
    {
        var members = random.Whole(1, 4);
        return new(
            "survey",
            household,
            null,
            Grid(household),
            new { members, present = members },
            members == 1 ? "the door was opened, one person lives there" : $"the door was opened, {members} people live there"
        );
    }

    private static PlayedReport Visit(PlayedHousehold household, DemoRandom random)
    {
        var isMet = random.Chance(0.7);
        return new(
            "visit",
            household,
            null,
            Grid(household),
            new { outcome = isMet ? "met" : "nobody", by = "door" },
            isMet ? "somebody was at home" : "nobody opened the door"
        );
    }

    private static PlayedReport Need(PlayedHousehold household, DemoRandom random)
    {
        var what = random.Pick(Needed);
        return new("need", household, null, Grid(household), new { what, urgency = "today" }, $"needs {what} today");
    }

    private static (Destination From, string Risk) Origin(DemoRandom random) =>
        random.Chance(0.12) ? (random.Pick(Destination.RiskAreas), "high") : (random.Pick(Destination.Ordinary), "low");

    private static string Grid(PlayedHousehold household) => $"grid:{household.Grid}";

    private static string? Member(PlayedHousehold household, DemoRandom random) =>
        household.Members is { Length: > 0 } members ? random.Pick(members) : null;
}
