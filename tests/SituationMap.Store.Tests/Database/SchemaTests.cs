using System.Text.RegularExpressions;
using Shouldly;

namespace SituationMap.Store.Tests.Database;

/// <summary>The whole schema stands in one file to be read: what the steps and functions make of an empty database.</summary>
public sealed partial class SchemaTests(PostgisCluster cluster)
{
    private const string Rewrite = "WRITE_SCHEMA";

    private const string Head = $"""
        -- The whole schema of the store as the steps in Migrations and the texts in Functions make it, for reading; nothing runs this file.
        -- A test compares it with an empty database, and writes it anew where the environment variable {Rewrite} is set.

        """;

    [Fact]
    public async Task Is_what_the_file_says()
    {
        await using var database = await cluster.CreateDatabaseAsync();
        var schema =
            Head + Normalised(await PostgresCopy.DumpAsync(database, "--schema-only", "--no-owner", "--no-acl", "--schema=situation"));
        var file = Directory
            .GetFiles(Path.Combine(Sources.Root, "src"), "schema.sql", SearchOption.AllDirectories)
            .Single(found => Path.GetFileName(Path.GetDirectoryName(found)) == "Database");

        if (Environment.GetEnvironmentVariable(Rewrite) is not null)
            await File.WriteAllTextAsync(file, schema);

        (await File.ReadAllTextAsync(file)).ShouldBe(schema, $"{file} is not the schema any more; run this test with {Rewrite}=1");
    }

    /// <summary>Without what is about the session, the program's version and its headings, which name each object once more.</summary>
    private static string Normalised(string dump)
    {
        var lines = dump.Split('\n').Where(line => !Noise().IsMatch(line));
        return Gaps().Replace(string.Join('\n', lines), "\n\n").Trim() + "\n";
    }

    [GeneratedRegex(
        @"^(?:--|SET |SELECT pg_catalog\.set_config|\\restrict|\\unrestrict)",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Noise();

    [GeneratedRegex(@"\n{3,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Gaps();
}
