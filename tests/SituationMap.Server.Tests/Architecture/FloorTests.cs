using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Shouldly;

namespace SituationMap.Server.Tests.Architecture;

/// <summary>
/// The house and its floors. A folder is a namespace; it may use those that stand before it in this list and none that stand after it,
/// so no two can come to need each other. Projects follow one another in the same order, which the compiler keeps as well.
/// </summary>
public sealed class FloorTests
{
    private static readonly string[] FromTheGroundUp = File.ReadAllLines("/tmp/floors.txt");

    private static readonly ArchUnitNET.Domain.Architecture House = new ArchLoader().LoadAssemblies(
        typeof(Core.Status).Assembly, typeof(Geo.Shapes.Shape).Assembly, typeof(Store.StartupException).Assembly, typeof(Program).Assembly).Build();

    [Fact]
    public void No_folder_uses_one_above_it()
    {
        var floors = FromTheGroundUp.Index().ToDictionary(floor => floor.Item, floor => floor.Index);
        var upward = from user in House.Types
                     from used in user.Dependencies
                     let pair = (From: Folder(user), To: Folder(used.Target))
                     where pair.From.Length > 0 && pair.To.Length > 0 && floors.GetValueOrDefault(pair.From, -1) < floors.GetValueOrDefault(pair.To, int.MaxValue)
                     select $"{pair.From} uses {pair.To}: {user.FullName} -> {used.Target.FullName}";

        upward.Distinct().Order(StringComparer.Ordinal).ShouldBeEmpty();
    }

    private static string Folder(IType type) =>
        type.Namespace?.FullName is { } name && name.StartsWith("SituationMap.", StringComparison.Ordinal) ? name["SituationMap.".Length..] : "";
}
