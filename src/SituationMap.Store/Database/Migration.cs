using System.Globalization;

namespace SituationMap.Store.Database;

/// <summary>One numbered step of the store's schema. Once released, its text never changes: what it should have said is a further
/// step.</summary>
/// <param name="Version">Its number, from 1.</param>
/// <param name="Name">Its file's name, such as <c>0001_store</c>.</param>
/// <param name="Sql">Its text.</param>
public sealed record Migration(int Version, string Name, string Sql)
{
    /// <summary>The checksum of the text.</summary>
    public string Checksum { get; } = EmbeddedSql.Checksum(Sql);

    /// <summary>The number of the last step in this program.</summary>
    public static int Newest => Embedded[^1].Version;

    /// <summary>The steps in this program, in order; embedded from <c>Database/Migrations/NNNN_*.sql</c>.</summary>
    public static IReadOnlyList<Migration> Embedded { get; } =
    [
        .. EmbeddedSql
            .Read("Database.Migrations")
            .Select(file => new Migration(int.Parse(file.Name[..4], CultureInfo.InvariantCulture), file.Name, file.Text)),
    ];
}
