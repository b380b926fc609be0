using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace SituationMap.Store.Database;

/// <summary>One numbered step of the store's schema. Once released, its text never changes: what it should have said is a further step.</summary>
/// <param name="Version">Its number, from 1.</param>
/// <param name="Name">Its file's name, such as <c>0001_store</c>.</param>
/// <param name="Sql">Its text.</param>
public sealed record Migration(int Version, string Name, string Sql)
{
    private const string Folder = ".Database.Migrations.";

    /// <summary>The SHA-256 of the text, in hex; the kind of line ends a checkout uses makes no difference.</summary>
    public string Checksum { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n"))));

    /// <summary>The steps in this program, in order; embedded from <c>Database/Migrations/NNNN_*.sql</c>.</summary>
    public static IReadOnlyList<Migration> Embedded { get; } = Read(typeof(Migration).Assembly);

    private static List<Migration> Read(Assembly assembly)
    {
        var migrations = new List<Migration>();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)))
        {
            var start = resource.IndexOf(Folder, StringComparison.Ordinal);
            if (start < 0)
                continue;
            var name = resource[(start + Folder.Length)..^".sql".Length];
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            migrations.Add(new Migration(int.Parse(name[..4], CultureInfo.InvariantCulture), name, reader.ReadToEnd()));
        }

        migrations.Sort((left, right) => left.Version.CompareTo(right.Version));
        return migrations;
    }
}
