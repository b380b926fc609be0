using System.Security.Cryptography;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Files;

namespace SituationMap.Store.Imports;

/// <summary>
/// Keeps the files that are to be imported until they are, in the folder <c>imports</c> of the data folder, which nobody else can read:
/// so long do they outlive the server. Servers that share the data folder share the work; others never get at the files.
/// </summary>
public sealed class ImportFiles(DataFolder data)
{
    /// <summary>An upload that was broken off before anybody knew of it.</summary>
    private static readonly TimeSpan IsLeftAfter = TimeSpan.FromHours(1);

    private readonly string _folder = Path.Combine(data.Path, "imports");

    /// <summary>What this folder is known by among those of other machines: 8 hexadecimal digits, made once.</summary>
    public string Name => field ??= ReadName();

    /// <summary>Keeps a file for an import.</summary>
    public void Put(Guid import, ImportFolder file) => file.MoveTo(PathOf(import));

    /// <summary>The file of an import, to be disposed.</summary>
    /// <exception cref="ImportRefusedException">It is not there any more.</exception>
    public ImportFolder Get(Guid import, string name) =>
        Directory.Exists(PathOf(import))
            ? ImportFolder.CopyOf(PathOf(import), name)
            : throw new ImportRefusedException("file-missing", "file", "the same file once more: the server does not have it any longer");

    public void Remove(Guid import)
    {
        if (Directory.Exists(PathOf(import)))
            Directory.Delete(PathOf(import), recursive: true);
    }

    /// <summary>Removes what no import needs.</summary>
    public void Clear(IReadOnlySet<Guid> needed, DateTimeOffset now)
    {
        if (!Directory.Exists(_folder))
            return;
        var isLeft = now.UtcDateTime - IsLeftAfter;
        foreach (var folder in new DirectoryInfo(_folder).EnumerateDirectories())
            if (Guid.TryParse(folder.Name, out var import) && !needed.Contains(import) && folder.CreationTimeUtc < isLeft)
                folder.Delete(recursive: true);
    }

    private string PathOf(Guid import) => Path.Combine(_folder, import.ToString("D"));

    private string ReadName()
    {
        var path = Path.Combine(_folder, "name");
        if (!File.Exists(path))
            // of several servers that begin at once, one makes it
            SecretFile.Write(path, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)), isNew: true);
        return File.ReadAllText(path);
    }
}
