using System.Text.RegularExpressions;
using System.Xml.Linq;
using Shouldly;

namespace SituationMap.Server.Tests.Architecture;

public sealed partial class ContainerTests
{
    [Fast]
    [Fact]
    public async Task The_image_copies_stores_with_the_programs_of_the_database_beside_it()
    {
        var image = await File.ReadAllTextAsync(Path.Combine(Sources.Root, "src", "Dockerfile"));
        var beside = await File.ReadAllTextAsync(Path.Combine(Sources.Root, "docker-compose.yml"));

        Client().Match(image).Groups["major"].Value.ShouldBe(Database().Match(beside).Groups["major"].Value);
        Client().IsMatch(image).ShouldBeTrue();
        image.ShouldContain("postgresql-client-$POSTGRES_MAJOR");
    }

    [Fast]
    [Fact]
    public async Task The_image_is_tagged_with_the_version_of_the_server_in_it()
    {
        var properties = XDocument.Load(Path.Combine(Sources.Root, "Directory.Build.props"));
        var containers = await File.ReadAllTextAsync(Path.Combine(Sources.Root, "docker-compose.yml"));

        Tag().Match(containers).Groups["version"].Value.ShouldBe(properties.Descendants("Version").Single().Value);
    }

    [GeneratedRegex(@"^ARG POSTGRES_MAJOR=(?<major>\d+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Client();

    [GeneratedRegex(@"image: situationmap:(?<version>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tag();

    [GeneratedRegex(@"image: postgis/postgis:(?<major>\d+)-", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Database();
}
