using Shouldly;

namespace SituationMap.Server.Tests.Architecture;

/// <summary>A file fits a head, and a line a screen: all of C# in src and tests.</summary>
[Fast]
public sealed class SourceTests
{
    private const int MostLines = 300;
    private const int MostCharacters = 140;

    /// <summary>Files that are longer than that, or have a line that is.</summary>
    private static readonly string[] Exceptions =
    [
        "src/SituationMap.Geo/Filters/Cql2Operators.cs",
        "src/SituationMap.Geo/VectorTiles/CommandWriter.cs",
        "src/SituationMap.Geo/VectorTiles/LineClipper.cs",
        "src/SituationMap.Geo/VectorTiles/RingClipper.cs",
        "src/SituationMap.Geo/VectorTiles/Rings.cs",
        "src/SituationMap.Geo/VectorTiles/UnitGrid.cs",
        "src/SituationMap.Server/Access/AccessDirectory.cs",
        "src/SituationMap.Server/Access/AccessServices.cs",
        "src/SituationMap.Server/Access/AccountStore.cs",
        "src/SituationMap.Server/Access/LocalMode.cs",
        "src/SituationMap.Server/Access/SessionEndpoints.cs",
        "src/SituationMap.Server/ApiDescription/ApiDocument.cs",
        "src/SituationMap.Server/Commands/CommandLine.cs",
        "src/SituationMap.Server/Commands/DemoCommand.cs",
        "src/SituationMap.Server/Commands/EmbeddedCheck.cs",
        "src/SituationMap.Server/Commands/ImportCommand.cs",
        "src/SituationMap.Server/Commands/PrepareCommand.cs",
        "src/SituationMap.Server/Commands/ProtocolsCommand.cs",
        "src/SituationMap.Server/Commands/RecomputeCommand.cs",
        "src/SituationMap.Server/Commands/SecretsCommand.cs",
        "src/SituationMap.Server/Commands/Serving.cs",
        "src/SituationMap.Server/Commands/UsersCommand.cs",
        "src/SituationMap.Server/Demo/City/CityFacts.cs",
        "src/SituationMap.Server/Exports/ExportEndpoints.cs",
        "src/SituationMap.Server/Grids/FiguresEndpoint.cs",
        "src/SituationMap.Server/Grids/GridEndpoints.cs",
        "src/SituationMap.Server/Hosting/HealthEndpoints.cs",
        "src/SituationMap.Server/Http/Overload.cs",
        "src/SituationMap.Server/Imports/ImportEndpoints.cs",
        "src/SituationMap.Server/Live/LiveEndpoints.cs",
        "src/SituationMap.Server/Live/SnapshotFollower.cs",
        "src/SituationMap.Server/Lookups/AreaEndpoints.cs",
        "src/SituationMap.Server/Lookups/LookupEndpoints.cs",
        "src/SituationMap.Server/Lookups/LookupWriter.cs",
        "src/SituationMap.Server/Ogc/ApiPage.cs",
        "src/SituationMap.Server/Ogc/FeatureCollections.cs",
        "src/SituationMap.Server/Ogc/FeatureEndpoints.cs",
        "src/SituationMap.Server/Ogc/OgcPage.cs",
        "src/SituationMap.Server/Ogc/ZoneEditing.cs",
        "src/SituationMap.Server/Ogc/ZoneFeatures.cs",
        "src/SituationMap.Server/Persons/PersonEndpoints.cs",
        "src/SituationMap.Server/Statuses/HouseholdEndpoints.cs",
        "src/SituationMap.Server/Subscriptions/EventMaker.cs",
        "src/SituationMap.Server/Subscriptions/SubscriptionEndpoints.cs",
        "src/SituationMap.Server/Subscriptions/WebhookSender.cs",
        "src/SituationMap.Server/Tiles/StyleEndpoints.cs",
        "src/SituationMap.Server/Tiles/TileEndpoints.cs",
        "src/SituationMap.Server/Zones/DueEndpoint.cs",
        "src/SituationMap.Server/Zones/ImpactEndpoints.cs",
        "src/SituationMap.Server/Zones/NoticePage.cs",
        "src/SituationMap.Server/Zones/OutlineFileEndpoint.cs",
        "src/SituationMap.Server/Zones/PlanningEndpoints.cs",
        "src/SituationMap.Server/Zones/ZoneEndpoints.cs",
        "src/SituationMap.Store/Access/AuditSealer.cs",
        "src/SituationMap.Store/Access/DeploymentKey.cs",
        "src/SituationMap.Store/Access/SecretFile.cs",
        "src/SituationMap.Store/Database/ApiRole.cs",
        "src/SituationMap.Store/Database/Migrator.cs",
        "src/SituationMap.Store/Database/PostgresTrouble.cs",
        "src/SituationMap.Store/Exports/ExportCollection.cs",
        "src/SituationMap.Store/Files/DateTexts.cs",
        "src/SituationMap.Store/Files/ImportSource.cs",
        "src/SituationMap.Store/Files/RowNotes.cs",
        "src/SituationMap.Store/Files/Table.cs",
        "src/SituationMap.Store/Files/WholeFile.cs",
        "src/SituationMap.Store/Imports/FieldMapping.cs",
        "src/SituationMap.Store/Imports/ImportCollection.cs",
        "src/SituationMap.Store/Imports/Importer.cs",
        "src/SituationMap.Store/Imports/PositionCheck.cs",
        "src/SituationMap.Store/Imports/Staging.cs",
        "src/SituationMap.Store/Imports/StagingSql.People.cs",
        "src/SituationMap.Store/Imports/StagingSql.Places.cs",
        "src/SituationMap.Store/Persons/FactTexts.cs",
        "src/SituationMap.Store/Persons/PersonErasure.cs",
        "src/SituationMap.Store/Persons/PersonIndexing.cs",
        "src/SituationMap.Store/Persons/PersonKeyRotation.cs",
        "src/SituationMap.Store/Persons/PersonKeys.cs",
        "src/SituationMap.Store/Persons/PersonStore.cs",
        "src/SituationMap.Store/Persons/PersonVault.cs",
        "src/SituationMap.Store/Replay/CountSeries.cs",
        "src/SituationMap.Store/Snapshots/CityReader.cs",
        "src/SituationMap.Store/Snapshots/FeedReader.cs",
        "src/SituationMap.Store/Statuses/Recompute/PartInputs.cs",
        "src/SituationMap.Store/Statuses/Recompute/RecomputeRun.cs",
        "src/SituationMap.Store/Statuses/StatusBatch.cs",
        "src/SituationMap.Store/Supervision/Supervisor.cs",
        "src/SituationMap.Store/Tiles/TileCache.cs",
        "src/SituationMap.Store/Tiles/TileEncoder.cs",
        "src/SituationMap.Store/Zones/Impact/BuildingReads.cs",
        "src/SituationMap.Store/Zones/Impact/ImpactPreview.cs",
        "src/SituationMap.Store/Zones/Lowering/DueZones.cs",
        "src/SituationMap.Store/Zones/Notices/NoticeDrawing.cs",
        "src/SituationMap.Store/Zones/Notices/ZoneNotice.cs",
        "src/SituationMap.Store/Zones/Planning/PlannedZones.cs",
        "src/SituationMap.Store/Zones/Planning/ZonePlanning.cs",
        "src/SituationMap.Store/Zones/ZoneStore.cs",
        "tests/SituationMap.Web.Tests/AccessTests.cs",
        "tests/SituationMap.Web.Tests/DeskTests.cs",
        "tests/SituationMap.Web.Tests/HouseholdTests.cs",
        "tests/SituationMap.Web.Tests/ImportsTests.cs",
        "tests/SituationMap.Web.Tests/LiveTests.cs",
        "tests/SituationMap.Web.Tests/MapTests.cs",
        "tests/SituationMap.Web.Tests/ScreensTests.cs",
        "tests/SituationMap.Web.Tests/SituationTests.cs",
        "tests/SituationMap.Web.Tests/ZoneDrawingTests.cs",
        "tests/SituationMap.Web.Tests/ZonesTests.cs",
    ];

    [Fact]
    public void No_line_is_longer_than_140_characters_and_no_file_longer_than_300_lines()
    {
        var files = Files().ToArray();
        files.Length.ShouldBeGreaterThan(500, "what the test is about");

        var tooLong = from file in files where !Exceptions.Contains(file) from found in TooLong(file) select found;

        tooLong.ShouldBeEmpty();
    }

    private static IEnumerable<string> TooLong(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(Sources.Root, file));
        if (lines.Length > MostLines)
            yield return $"{file}:{MostLines + 1}: the file has {lines.Length} lines, at most {MostLines} were expected";
        foreach (var (number, line) in lines.Index())
        {
            // characters as people count them: neither bytes nor halves of a pair
            var length = line.EnumerateRunes().Count();
            if (length > MostCharacters)
                yield return $"{file}:{number + 1}: the line has {length} characters, at most {MostCharacters} were expected";
        }
    }

    /// <summary>As they are called from the root, with slashes; without what builds make.</summary>
    private static IEnumerable<string> Files() =>
        from folder in (string[])["src", "tests"]
        from path in Directory.EnumerateFiles(Path.Combine(Sources.Root, folder), "*.cs", SearchOption.AllDirectories)
        let file = Path.GetRelativePath(Sources.Root, path).Replace('\\', '/')
        where !file.Split('/').Any(part => part is "bin" or "obj" or "node_modules")
        select file;
}
