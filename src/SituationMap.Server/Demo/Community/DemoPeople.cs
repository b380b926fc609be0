using SituationMap.Server.Demo.Town;

namespace SituationMap.Server.Demo.Community;

/// <summary>
/// Who lives behind which door. The published totals hold exactly: 1,655 homes with 3,812 people, of which 128 are let to 294, and
/// passes for the 3,459 people of 1,475 homes; besides, the doors that nobody has opened yet and of whose people nothing is known.
/// </summary>
internal static class DemoPeople
{
    // Four sorts of homes add up to the published totals: let or not, with passes or not.
    private static readonly (bool Let, bool Pass, int Homes, int People)[] Sorts =
    [
        (true, true, 98, 235),
        (true, false, 30, 59),
        (false, true, 1377, 3224),
        (false, false, 150, 294),
    ];

    // how often homes of 1, 2, … people are drawn before their sum is put right
    private static readonly int[] SizesDrawn = [1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 6];

    public static IReadOnlyList<DemoHousehold> Settle(DemoTown town, DemoClock clock)
    {
        var random = new DemoRandom("people");
        var homes = new List<(bool Let, bool Pass, int Size)>();
        foreach (var (let, pass, count, people) in Sorts)
            homes.AddRange(Sizes(count, people, random).Select(size => (let, pass, size)));
        homes.AddRange(Enumerable.Repeat((false, false, 0), DemoTown.Unopened));
        random.Shuffle(homes);

        var households = new List<DemoHousehold>();
        var running = new Dictionary<DemoGrid, int>();
        var persons = 0;
        foreach (var (door, home) in town.Dwellings.Zip(homes))
        {
            var grid = door.Building.Grid;
            var number = running[grid] = running.GetValueOrDefault(grid) + 1;
            var members = Family(home.Size, random)
                .Select(member => new DemoPerson(++persons, $"P-{persons:00000}", clock.Year - member.Age, member.Female));
            households.Add(
                new DemoHousehold(
                    households.Count + 1,
                    door.Building,
                    $"H-{grid.Path[^2..]}-{number:0000}",
                    door.Floor,
                    door.Unit,
                    door.Room,
                    door.Doors,
                    home.Let,
                    home.Pass ? clock.Before(days: random.Whole(16, 22), hour: random.Between(9, 17)) : null,
                    [.. members]
                )
            );
        }
        return households;
    }

    private static int[] Sizes(int homes, int people, DemoRandom random)
    {
        var sizes = new int[homes];
        for (var i = 0; i < homes; i++)
            sizes[i] = random.Pick(SizesDrawn);
        var sum = sizes.Sum();
        while (sum != people)
        {
            var i = random.Whole(0, homes - 1);
            var step = Math.Sign(people - sum);
            if (sizes[i] + step is < 1 or > 6)
                continue;
            sizes[i] += step;
            sum += step;
        }
        return sizes;
    }

    /// <summary>A couple or one person, old or of working age, and with them their children or parents.</summary>
    private static IEnumerable<(int Age, bool Female)> Family(int size, DemoRandom random)
    {
        if (size == 0)
            yield break;
        var old = random.Chance(size <= 2 ? 0.55 : 0.12);
        var head = old ? random.Whole(60, 88) : random.Whole(26, 58);
        var female = random.Chance(0.5);
        yield return (head, female);
        if (size > 1)
            yield return (Math.Max(22, head + random.Whole(-5, 4)), !female);
        for (var i = 2; i < size; i++)
        {
            var parent = i >= 3 && !old && random.Chance(0.4);
            yield return (
                parent ? Math.Min(92, head + random.Whole(22, 32)) : Math.Max(0, head - random.Whole(22, 34)),
                random.Chance(0.5)
            );
        }
    }
}
