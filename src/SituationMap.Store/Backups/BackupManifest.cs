namespace SituationMap.Store.Backups;

/// <summary>What a backup says of itself.</summary>
/// <param name="Format">Of the file: <see cref="ThisFormat"/>.</param>
/// <param name="Program">The version of the program that made it.</param>
/// <param name="Schema">The number of the last step of its schema.</param>
/// <param name="Postgres">The major version of the server it was made of.</param>
/// <param name="MadeAt">The instant whose state it has, by the store's clock.</param>
/// <param name="Sequence">The last of the feed.</param>
/// <param name="Content">All that is in it.</param>
/// <param name="Keys">By which the files of keys that belong to it are known.</param>
/// <param name="Dump">The SHA-256 of PostgreSQL's part, in hex.</param>
public sealed record BackupManifest(
    int Format,
    string Program,
    int Schema,
    int Postgres,
    DateTimeOffset MadeAt,
    long Sequence,
    StoreContent Content,
    BackupKeyProofs Keys,
    string Dump
)
{
    public const int ThisFormat = 1;
}
