using Shouldly;

namespace SituationMap.Server.Tests.Architecture;

/// <summary>A file fits a head, and a line a screen: all of C# in src and tests.</summary>
[Fast]
public sealed class SourceTests
{
    private const int MostLines = 300;
    private const int MostCharacters = 140;

    [Fact]
    public void No_line_is_longer_than_140_characters_and_no_file_longer_than_300_lines()
    {
        var files = Files().ToArray();
        files.Length.ShouldBeGreaterThan(500, "what the test is about");

        var tooLong = files.SelectMany(TooLong);

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
