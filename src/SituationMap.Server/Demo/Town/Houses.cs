using NetTopologySuite.Geometries;

namespace SituationMap.Server.Demo.Town;

/// <summary>
/// The low houses (平房) of one household each, in rows along the lanes: aligned to their lane but never quite, some with a wing.
/// They face south, so those north of a lane have their yard towards it and those south of it their back.
/// </summary>
internal sealed class Houses(Site site, DemoRandom random)
{
    /// <summary>Houses along a crooked lane, on both sides.</summary>
    public void AlongLane(Way lane)
    {
        Row(lane, side: 1, near: (5, 9), occupied: 0.95);
        Row(lane, side: -1, near: (3.4, 6.2), occupied: 0.95);
    }

    /// <summary>Houses along a street, on both sides, with gaps.</summary>
    public void AlongStreet(Way street)
    {
        Row(street, side: 1, near: (9.5, 12), occupied: 0.7);
        Row(street, side: -1, near: (9.5, 12), occupied: 0.7);
    }

    private void Row(Way road, int side, (double From, double To) near, double occupied)
    {
        var length = new LineString(road.Line).Length;
        var number = side > 0 ? 1 : 2;
        var offset = random.Between(4, 12);
        while (offset < length - 6)
        {
            var width = random.Between(12.5, 20);
            offset += width / 2;
            var front = Frontage.On(road.Line, offset, side).Turned(random.Between(-0.06, 0.06));
            if (random.Chance(occupied))
            {
                var house = new Plot(road.Name, $"{number} 号", "house", 1, 1, House(front, width, random.Between(near.From, near.To)));
                if (site.TryBuild(house, fromRoads: 2.2, fromOthers: 1.1))
                    number += 2;
            }
            offset += width / 2 + (random.Chance(0.1) ? random.Between(6, 14) : random.Between(1.4, 4.2));
        }
    }

    private Polygon House(Frontage front, double width, double near)
    {
        var depth = random.Between(8.6, 12.8);
        var half = width / 2;
        if (!random.Chance(0.16))
        {
            return front.Outline(
                (-half + Off(), near + Off()),
                (half + Off(), near + Off()),
                (half + Off(), near + depth + Off()),
                (-half + Off(), near + depth + Off())
            );
        }
        // a wing (厢房) at one end, into the yard behind
        var (wing, reach) = (random.Between(3.6, 5), random.Between(3, 5.4));
        var end = random.Chance(0.5) ? 1 : -1;
        return front.Outline(
            (-half * end, near + Off()),
            (half * end, near + Off()),
            (half * end, near + depth + reach),
            ((half - wing) * end, near + depth + reach),
            ((half - wing) * end, near + depth),
            (-half * end, near + depth + Off())
        );
    }

    private double Off() => random.Between(-0.6, 0.6);
}
