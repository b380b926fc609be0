using System.Runtime.CompilerServices;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Search;

/// <summary>What can be searched for; also the order of equally good matches.</summary>
public enum SearchKind
{
    Grid,
    Checkpoint,
    Building,
    Household,
}

/// <summary>Something found.</summary>
/// <param name="Index">Its index in the city's list of its kind.</param>
public readonly record struct Found(SearchKind Kind, int Index, int Rank);

/// <summary>
/// The names and codes of a city, ready to be compared. Names are gone through one by one: sixty thousand take milliseconds, and
/// letters that stand for characters fit no index. Households are found by their code, and by an address with what is on the door.
/// </summary>
public sealed class SearchIndex
{
    /// <summary>More than this nobody pages through; the search is to be made narrower.</summary>
    public const int Most = 1_000;

    private static readonly ConditionalWeakTable<City, SearchIndex> Indexes = [];

    private readonly City _city;
    private readonly (SearchKind Kind, int Index, string Plain)[] _names;

    private SearchIndex(City city)
    {
        _city = city;
        _names =
        [
            .. Names(SearchKind.Grid, city.Grids, grid => grid.Name, grid => grid.Code),
            .. Names(SearchKind.Checkpoint, city.Checkpoints, checkpoint => checkpoint.Name, checkpoint => checkpoint.Code),
            .. Names(SearchKind.Building, city.Buildings, building => building.Address, building => building.Code),
        ];
    }

    /// <summary>That of a city, made when it is first asked for.</summary>
    public static SearchIndex Of(City city) => Indexes.GetValue(city, city => new SearchIndex(city));

    /// <summary>The best matches, best first, at most <see cref="Most"/>.</summary>
    /// <param name="scope">Grids, buildings and households of these grids only.</param>
    public IReadOnlyList<Found> Find(string typed, Pinyin pinyin, Scope scope, CancellationToken cancellation)
    {
        var best = new Dictionary<(SearchKind, int), int>();
        var whole = new Matcher(typed, pinyin);
        if (whole.IsEmpty)
            return [];
        Match(whole, (kind, index, rank) => best[(kind, index)] = Math.Min(rank, best.GetValueOrDefault((kind, index), Matcher.None)));
        cancellation.ThrowIfCancellationRequested();
        FindDoors(typed, pinyin, scope, best);
        cancellation.ThrowIfCancellationRequested();
        FindCodes(Matcher.Plain(typed), scope, best);
        return
        [
            .. best.Where(found => IsIn(scope, found.Key))
                .Select(found => new Found(found.Key.Item1, found.Key.Item2, found.Value))
                .OrderBy(found => found.Rank)
                .ThenBy(found => found.Kind)
                .ThenBy(found => found.Index)
                .Take(Most),
        ];
    }

    private bool IsIn(Scope scope, (SearchKind Kind, int Index) found) =>
        scope.IsWholeCity
        || found.Kind switch
        {
            SearchKind.Grid => scope.Covers(_city, found.Index),
            SearchKind.Building => scope.Covers(_city, _city.Buildings[found.Index].Grid),
            SearchKind.Household => scope.Covers(_city, _city.Buildings[_city.Households[found.Index].Building].Grid),
            _ => true,
        };

    private void Match(Matcher matcher, Action<SearchKind, int, int> found)
    {
        foreach (var (kind, index, plain) in _names)
        {
            if (matcher.Rank(plain) is not Matcher.None and var rank)
                found(kind, index, rank);
        }
    }

    /// <summary>An address, a blank, and what is on the door: 铁南三巷 12 号 2-301.</summary>
    private void FindDoors(string typed, Pinyin pinyin, Scope scope, Dictionary<(SearchKind, int), int> best)
    {
        var blank = typed.TrimEnd().LastIndexOfAny([' ', '\u3000']);
        if (blank <= 0)
            return;
        var (address, door) = (new Matcher(typed[..blank], pinyin), typed[(blank + 1)..].Trim());
        if (address.IsEmpty || door.Length == 0 || !door.Any(char.IsAsciiDigit))
            return;
        var found = 0;
        Match(address, (kind, index, rank) =>
        {
            if (kind != SearchKind.Building || found >= Most || !IsIn(scope, (kind, index)))
                return;
            var building = _city.Buildings[index];
            for (var household = building.FirstHousehold; household < building.FirstHousehold + building.HouseholdCount; household++)
            {
                if (_city.Households[household].Label(building).StartsWith(door, StringComparison.OrdinalIgnoreCase))
                {
                    best[(SearchKind.Household, household)] = rank;
                    found++;
                }
            }
        });
    }

    /// <summary>Households by code, or by a part of it that has a digit.</summary>
    private void FindCodes(string plain, Scope scope, Dictionary<(SearchKind, int), int> best)
    {
        if (plain.Length < 2 || !plain.Any(char.IsAsciiDigit))
            return;
        var households = _city.Households;
        Span<char> code = stackalloc char[64];
        for (var (index, found) = (0, 0); index < households.Length && found < Most; index++)
        {
            var length = 0;
            foreach (var character in households[index].Code)
            {
                if (character is not ('-' or '_') && length < code.Length)
                    code[length++] = char.ToLowerInvariant(character);
            }
            var at = code[..length].IndexOf(plain, StringComparison.Ordinal);
            if (at < 0 || !IsIn(scope, (SearchKind.Household, index)))
                continue;
            found++;
            best[(SearchKind.Household, index)] =
                at > 0 ? 2
                : length > plain.Length ? 1
                : 0;
        }
    }

    private static IEnumerable<(SearchKind, int, string)> Names<T>(SearchKind kind, T[] items, params Func<T, string>[] names) =>
        items.SelectMany((item, index) => names.Select(name => (kind, index, Matcher.Plain(name(item)))));
}
