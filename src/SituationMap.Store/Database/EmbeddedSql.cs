using System.Security.Cryptography;
using System.Text;

namespace SituationMap.Store.Database;

/// <summary>The SQL files in this program, by their folder.</summary>
public static class EmbeddedSql
{
    /// <summary>The files of a folder in the order of their names: the name without <c>.sql</c>, and the text.</summary>
    /// <param name="folder">With a dot between folders, such as <c>Database.Functions</c>.</param>
    public static IReadOnlyList<(string Name, string Text)> Read(string folder)
    {
        var assembly = typeof(EmbeddedSql).Assembly;
        var prefix = $".{folder}.";
        var files = new List<(string Name, string Text)>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)))
        {
            var start = resource.IndexOf(prefix, StringComparison.Ordinal);
            if (start < 0)
                continue;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            files.Add((resource[(start + prefix.Length)..^".sql".Length], reader.ReadToEnd()));
        }
        files.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return files;
    }

    /// <summary>The statements of a file by their names, each under a line <c>-- name: …</c>.</summary>
    public static IReadOnlyDictionary<string, string> Statements(string text) =>
        text.ReplaceLineEndings("\n")
            .Split("\n-- name: ")
            .Skip(1)
            .Select(named => named.Split('\n', 2))
            .ToDictionary(named => named[0].Trim(), named => named[1].Trim());

    /// <summary>The SHA-256 of a text, in hex; the kind of line ends a checkout uses makes no difference.</summary>
    public static string Checksum(string sql) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql.ReplaceLineEndings("\n"))));
}
