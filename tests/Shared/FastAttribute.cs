using Xunit.Sdk;
using Xunit.v3;

namespace SituationMap.Testing;

/// <summary>
/// Needs neither PostGIS nor a browser: <c>dotnet test --filter Category=Fast</c> runs all of these within a minute. For a test, a class or
/// an assembly; one that asks <c>PostgisCluster</c> for a database all the same fails.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly | AttributeTargets.Class | AttributeTargets.Method)]
internal sealed class FastAttribute : Attribute, ITraitAttribute
{
    private const string Trait = "Category";
    private const string Value = "Fast";

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new(Trait, Value)];

    /// <param name="test">Null: what runs is a fixture.</param>
    public static bool IsOn(ITest? test) => test?.Traits.TryGetValue(Trait, out var values) == true && values.Contains(Value);
}
