using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Shouldly;

namespace SituationMap.Server.Tests.Architecture;

/// <summary>
/// A folder is a namespace, and may use only folders that stand before it in this list. So no two can come to need each other, and
/// whoever opens a folder knows what it may use. Projects stand one after the other; that order the compiler keeps as well.
/// </summary>
[Fast]
public sealed class FloorTests
{
    private static readonly string[] FromTheGroundUp =
    [
        "Core",
        "Core.Texts",
        "Core.Persons",
        "Core.Projections",
        "Core.Calendar",
        "Core.Json",
        "Core.Facts",
        "Core.Protocols",
        "Core.Zones",
        "Core.Statuses",
        "Core.Work",
        "Core.Gate",
        "Core.Duty",
        "Geo.Shapes",
        "Geo.Indexes",
        "Geo.Features",
        "Geo.Filters",
        "Geo.Outlines",
        "Geo.VectorTiles",
        "Geo.Archives",
        "Store",
        "Store.Settings",
        "Store.Supervision",
        "Store.Database",
        "Store.Jobs",
        "Store.Access",
        "Store.Protocols",
        "Store.Basemaps",
        "Store.Files",
        "Store.Exports",
        "Store.Persons",
        "Store.Facts",
        "Store.Duty",
        "Store.Zones",
        "Store.Snapshots",
        "Store.Search",
        "Store.Tiles",
        "Store.Statuses",
        "Store.Statuses.Recompute",
        "Store.Households",
        "Store.Gates",
        "Store.Subscriptions",
        "Store.Replay",
        "Store.Imports",
        "Store.Zones.Notices",
        "Store.Zones.Planning",
        "Store.Zones.Impact",
        "Store.Zones.Lowering",
        "Store.Zones.Outlines",
        "Store.Backups",
        "Server.Http",
        "Server.Access",
        "Server.ApiDescription",
        "Server.Statuses",
        "Server.Duty",
        "Server.Facts",
        "Server.Gates",
        "Server.Persons",
        "Server.Residents",
        "Server.Grids",
        "Server.Tiles",
        "Server.Live",
        "Server.Lookups",
        "Server.Search",
        "Server.Jobs",
        "Server.Imports",
        "Server.Exports",
        "Server.Zones",
        "Server.Ogc",
        "Server.Subscriptions",
        "Server.Web",
        "Server.Hosting",
        "Server.Demo",
        "Server.Demo.Town",
        "Server.Demo.Reports",
        "Server.Demo.Community",
        "Server.Demo.City",
        "Server.Demo.Play",
        "Server.Commands",
    ];

    private static readonly ArchUnitNET.Domain.Architecture House = new ArchLoader()
        .LoadAssemblies(
            typeof(Core.Status).Assembly,
            typeof(Geo.Shapes.Shape).Assembly,
            typeof(Store.StartupException).Assembly,
            typeof(Program).Assembly
        )
        .Build();

    [Fact]
    public void No_folder_uses_one_above_it()
    {
        var floors = FromTheGroundUp.Index().ToDictionary(floor => floor.Item, floor => floor.Index);

        var upward =
            from user in ProjectTypes
            from used in user.Dependencies.Select(dependency => dependency.Target).Where(IsOfProject)
            where floors[Folder(user)] < floors[Folder(used)]
            select $"{Folder(user)} uses {Folder(used)}: {user.FullName} -> {used.FullName}";

        upward.Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void Every_folder_has_its_floor_and_every_floor_its_folder() =>
        ProjectTypes.Select(Folder).Distinct().ShouldBe(FromTheGroundUp, ignoreOrder: true);

    [Fact]
    public void Only_the_store_asks_the_database()
    {
        string[] asking = ["Command", "Connection", "DataReader", "Batch", "BatchCommand", "Transaction"];

        var others =
            // what the compiler makes of async methods and lambdas as well
            from user in House.Types
            where user.FullName.StartsWith("SituationMap.Server.", StringComparison.Ordinal)
            // the demo copies a city of its own into the tables
            where !user.FullName.StartsWith("SituationMap.Server.Demo.", StringComparison.Ordinal)
            from used in user.Dependencies.Select(dependency => dependency.Target.FullName)
            where asking.Contains(used.Replace("Npgsql.Npgsql", "", StringComparison.Ordinal))
            select $"{user.FullName} -> {used}";

        others.Distinct().ShouldBeEmpty();
    }

    private static IEnumerable<IType> ProjectTypes => House.Types.Where(IsOfProject);

    /// <summary>Without what stands for a parameter or an array of a generic type, to which the library gives the namespace of whoever uses
    /// it.</summary>
    private static bool IsOfProject(IType type) =>
        type is not GenericParameter
        && type.FullName.StartsWith("SituationMap.", StringComparison.Ordinal)
        && !type.FullName.Contains('<', StringComparison.Ordinal);

    private static string Folder(IType type) => type.Namespace.FullName["SituationMap.".Length..];
}
