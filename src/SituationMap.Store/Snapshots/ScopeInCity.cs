using SituationMap.Store.Access;

namespace SituationMap.Store.Snapshots;

/// <summary>Which grids of a city belong to a jurisdiction, looked up by their indexes and not by their codes.</summary>
public static class ScopeInCity
{
    /// <summary>Whether a grid belongs to it.</summary>
    /// <param name="grid">Its index in <see cref="City.Grids"/>.</param>
    public static bool Covers(this Scope scope, City city, int grid) => scope.IsWholeCity || (grid >= 0 && CoveredIn(scope, city)[grid]);

    /// <summary>Whether a grid belongs to it, by its code; one that the city does not have never does.</summary>
    public static bool Covers(this Scope scope, City city, string grid) =>
        scope.IsWholeCity || scope.Covers(city, city.GridByCode.GetValueOrDefault(grid, -1));

    private static bool[] CoveredIn(Scope scope, City city) =>
        scope.CoveredByCity.GetValue(city.Grids, _ => Array.ConvertAll(city.Grids, grid => scope.Covers(grid.Code)));
}
