using NetTopologySuite.Geometries;

namespace SituationMap.Server.Demo.Town;

/// <summary>
/// The streets: straight on the board. A lane that opens onto a street becomes a corner of the street as well, so that the two
/// lines meet in exactly one point and the alley mouths can be counted in the store.
/// </summary>
internal sealed class Streets
{
    private readonly Dictionary<string, (Coordinate From, Coordinate To, List<double> Mouths)> _streets = new()
    {
        [Railway] = (new(-836, 428), new(840, 442), []),
        [Hill] = (Ground.WestEnd, Ground.EastEnd, []),
        [Garden] = (new(-303.5, -288), new(831, -306), []),
        [River] = (new(-312, 432.4), new(-300, -590), []),
        [Station] = (Ground.NorthEnd, Ground.SouthEnd, []),
    };

    // from west to east: south of the railway, along the hill, past the gardens; from north to south: to the river, to the station
    public const string Railway = "铁南街",
        Hill = "凤山路",
        Garden = "南园路",
        River = "草河街",
        Station = "站前街";

    /// <summary>The point of a street, given by how far east it lies, or how far north for the streets from north to south.</summary>
    public Coordinate At(string street, double offset)
    {
        var (from, to, _) = _streets[street];
        var t = street is River or Station ? (offset - from.Y) / (to.Y - from.Y) : (offset - from.X) / (to.X - from.X);
        return new Coordinate(from.X + (to.X - from.X) * t, from.Y + (to.Y - from.Y) * t);
    }

    /// <summary>Opens the street for a lane at that offset, given as for <see cref="At"/>.</summary>
    public Coordinate Mouth(string street, double offset)
    {
        _streets[street].Mouths.Add(offset);
        return At(street, offset);
    }

    public IEnumerable<Way> Ways() =>
        _streets.Select(street =>
        {
            var (from, to, mouths) = street.Value;
            return new Way(
                street.Key,
                "street",
                [from, .. mouths.Select(offset => At(street.Key, offset)).OrderBy(mouth => mouth.Distance(from)), to]
            );
        });
}
