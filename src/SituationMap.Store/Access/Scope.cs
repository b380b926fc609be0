using System.Runtime.CompilerServices;

namespace SituationMap.Store.Access;

/// <summary>
/// A jurisdiction: the whole city, or some grids with all below them. It bounds households, buildings, and the figures of grids; zones,
/// checkpoints, roads and outlines of grids are the same for everyone who may see the map. Scopes of the same grids are equal.
/// </summary>
public sealed class Scope : IEquatable<Scope>
{
    private Scope(string[] grids)
    {
        Grids = grids;
        Name = string.Join(',', grids);
        Paths = grids.Length == 0 ? null : [.. grids.Select(code => code.Replace('-', '.'))];
    }

    public static Scope WholeCity { get; } = new([]);

    /// <summary>The codes of the topmost grids, sorted; empty for the whole city.</summary>
    public IReadOnlyList<string> Grids { get; }

    public bool IsWholeCity => Grids.Count == 0;

    /// <summary>Tells scopes apart, in the keys of caches; empty for the whole city.</summary>
    public string Name { get; }

    /// <param name="grids">Codes of grids, at least one; a null among them is the whole city.</param>
    public static Scope Of(IEnumerable<string?> grids)
    {
        var codes = grids.ToHashSet(StringComparer.Ordinal);
        return codes.Contains(null)
            ? WholeCity
            // a grid's code begins with those of the grids above it
            : new Scope([
                .. codes
                    .Where(code => !codes.Any(above => code != above && code!.StartsWith(above + "-", StringComparison.Ordinal)))
                    .Order(StringComparer.Ordinal)!,
            ]);
    }

    /// <summary>A short form of the name, for ETags.</summary>
    public string Tag =>
        field ??= Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Name)).AsSpan(0, 6)
        );

    /// <summary>Whether a grid belongs to it, by its code.</summary>
    public bool Covers(string code) =>
        IsWholeCity || Grids.Any(above => code == above || code.StartsWith(above + "-", StringComparison.Ordinal));

    /// <summary>What was found out about the grids of a city, kept for as long as the city is (see <c>ScopeInCity</c>).</summary>
    public ConditionalWeakTable<object, bool[]> CoveredByCity { get; } = [];

    /// <summary>The paths of its grids for a query, with <see cref="Sql"/>; null for the whole city.</summary>
    public string[]? Paths { get; }

    /// <summary>Whether a grid belongs to it, by its path.</summary>
    public bool CoversPath(string path) =>
        Paths is null
        || Array.Exists(Paths, above =>
            path.StartsWith(above, StringComparison.Ordinal) && (path.Length == above.Length || path[above.Length] == '.')
        );

    /// <summary>A condition on a grid's path, with <see cref="Paths"/> as a parameter of the type <c>text[]</c>.</summary>
    /// <param name="column">Of the type ltree.</param>
    /// <param name="parameter">Such as $1.</param>
    public static string Sql(string column, string parameter) =>
        $"({parameter}::text[] IS NULL OR {column} <@ {parameter}::text[]::ltree[])";

    public bool Equals(Scope? other) => other is not null && Name == other.Name;

    public override bool Equals(object? obj) => Equals(obj as Scope);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => IsWholeCity ? "the whole city" : Name;
}
