using System.IO.Compression;

namespace SituationMap.Store.Files;

/// <summary>
/// A private folder with the one file to import, under a name of ours: nothing of what the sender called it reaches the file system or
/// GDAL. A zip is unpacked here, within limits, and only what belongs to a Shapefile or is a single file of a format we read.
/// </summary>
public sealed class ImportFolder : IDisposable
{
    /// <summary>As much as may be sent.</summary>
    public const long MaxBytes = 1L << 30;

    private const long MaxUnpacked = 4L << 30;

    /// <summary>No map or table is packed more tightly than that; what is, is made to fill the disk.</summary>
    private const int MaxExpansion = 100;

    /// <summary>So much may come out of any zip.</summary>
    private const long AlwaysUnpacked = 64 << 20;
    private const int MaxEntries = 200;

    /// <summary>What GDAL calls the formats that it reads for us.</summary>
    public static readonly IReadOnlyDictionary<string, string> Drivers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        [".geojson"] = "GeoJSON",
        [".json"] = "GeoJSON",
        [".shp"] = "ESRI Shapefile",
        [".gpkg"] = "GPKG",
        [".dxf"] = "DXF",
        [".xlsx"] = "XLSX",
    };

    private static readonly string[] Tables = [".csv", ".tsv", ".txt"];
    private static readonly string[] PartsOfShapefile = [".dbf", ".shx", ".prj", ".cpg"];

    /// <summary>Beside a GeoPackage that a program has open: what it wrote last.</summary>
    public const string Log = ".gpkg-wal";

    private static readonly string[] Companions = [.. PartsOfShapefile, Log];

    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-import-").FullName;
    private readonly SandboxUser _reader = new();

    /// <summary>The file to read; known once all are added.</summary>
    public string Main =>
        Find()
        ?? throw new ImportRefusedException(
            "file-kind-unknown",
            "file",
            "a .geojson, .csv, .shp (with .dbf, .shx, .prj), .gpkg, .dxf or .xlsx file, or a .zip with one"
        );

    /// <summary>What the sender called it, for people.</summary>
    public string Name { get; private set; } = "";

    /// <summary>A path in the folder for something of ours.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>A path for what a program makes of the file.</summary>
    public string MadeOf(string name) => Path.Combine(Directory.CreateDirectory(PathOf("made")).FullName, name);

    /// <summary>Whom the files are lent to, to be read by programs that must reach nothing else.</summary>
    public async Task<SandboxUser> LendAsync(CancellationToken cancellation)
    {
        await _reader.LendAsync(
            _folder,
            Directory.EnumerateFiles(_folder),
            Directory.CreateDirectory(PathOf("made")).FullName,
            cancellation
        );
        return _reader;
    }

    /// <summary>A file beside the main one, such as <c>.prj</c>; null: it was not sent.</summary>
    public string? Companion(string extension) => PathOf("source" + extension) is var path && File.Exists(path) ? path : null;

    /// <summary>Adds a file from this machine with what belongs to it.</summary>
    public async Task AddAsync(FileInfo file, CancellationToken cancellation)
    {
        if (!file.Exists)
            throw new ImportRefusedException("file-missing", "file", $"a file that exists; {file.FullName} does not");
        await using (var content = file.OpenRead())
            await AddAsync(file.Name, content, cancellation);
        string[] companions =
            file.Extension.Equals(".shp", StringComparison.OrdinalIgnoreCase) ? PartsOfShapefile
            : file.Extension.Equals(".gpkg", StringComparison.OrdinalIgnoreCase) ? [Log]
            : [];
        foreach (var extension in companions)
        {
            if (
                file.Directory!.EnumerateFiles(Path.GetFileNameWithoutExtension(file.Name) + ".*")
                    .FirstOrDefault(beside => beside.Extension.Equals(extension, StringComparison.OrdinalIgnoreCase)) is
                { } companion
            )
            {
                await using var content = companion.OpenRead();
                await AddAsync(companion.Name, content, cancellation);
            }
        }
    }

    /// <summary>Adds a file that was sent. Of its name only the ending counts.</summary>
    public async Task AddAsync(string name, Stream content, CancellationToken cancellation)
    {
        if (name.Contains('\0', StringComparison.Ordinal))
            throw new ImportRefusedException("text-invalid", "file", "a name without U+0000");
        var extension = Path.GetExtension(name).ToLowerInvariant();
        if (extension == ".zip")
        {
            Name = Path.GetFileName(name);
            var zip = PathOf("sent.zip");
            await CopyAsync(content, zip, MaxBytes, cancellation);
            await UnpackAsync(zip, cancellation);
            return;
        }
        if (!Drivers.ContainsKey(extension) && !Tables.Contains(extension) && !Companions.Contains(extension))
            throw new ImportRefusedException(
                "file-kind-unknown",
                "file",
                "a .geojson, .csv, .shp (with .dbf, .shx, .prj), .gpkg, .dxf or .xlsx file, or a .zip with one"
            );
        if (!Companions.Contains(extension))
            Name = Path.GetFileName(name);
        var target = PathOf("source" + extension);
        await CopyAsync(content, target, MaxBytes, cancellation);
        if (extension == ".xlsx")
            await CheckAsync(target, cancellation);
    }

    /// <summary>Moves the file, with what belongs to it, to a folder that nobody else can read; this one keeps nothing.</summary>
    public void MoveTo(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var path in Directory.EnumerateFiles(_folder, "source.*"))
            File.Move(path, Path.Combine(folder, Path.GetFileName(path)));
    }

    /// <summary>The file that was moved to a folder, which keeps it.</summary>
    /// <param name="name">What the sender called it.</param>
    public static ImportFolder CopyOf(string folder, string name)
    {
        var copy = new ImportFolder { Name = name };
        foreach (var path in Directory.EnumerateFiles(folder, "source.*"))
            File.Copy(path, copy.PathOf(Path.GetFileName(path)));
        return copy;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string? Find()
    {
        var found = Directory.EnumerateFiles(_folder, "source.*").Where(path => !Companions.Contains(Path.GetExtension(path))).ToList();
        return found.Count switch
        {
            0 => null,
            1 => found[0],
            _ => throw new ImportRefusedException("files-several", "file", "one file; several at once only as the parts of one Shapefile"),
        };
    }

    private static long Unpacked(string zip) => Math.Min(MaxUnpacked, Math.Max(AlwaysUnpacked, MaxExpansion * new FileInfo(zip).Length));

    /// <summary>A workbook is a zip that GDAL unpacks in memory; it stops at the sizes that the zip itself gives.</summary>
    private static async Task CheckAsync(string workbook, CancellationToken cancellation)
    {
        try
        {
            await using var archive = await ZipFile.OpenReadAsync(workbook, cancellation);
            if (archive.Entries.Sum(entry => entry.Length) > Unpacked(workbook))
                throw new ImportRefusedException(
                    "file-too-large",
                    "file",
                    $"a workbook that unpacks to at most {Unpacked(workbook) >> 20} MB"
                );
        }
        catch (InvalidDataException)
        {
            throw new ImportRefusedException("file-unreadable", "file", "a workbook that is whole");
        }
    }

    private async Task UnpackAsync(string zip, CancellationToken cancellation)
    {
        try
        {
            await using var archive = await ZipFile.OpenReadAsync(zip, cancellation);
            if (archive.Entries.Count > MaxEntries)
                throw new ImportRefusedException("zip-too-large", "file", $"a .zip with at most {MaxEntries} files");
            var left = Unpacked(zip);
            foreach (var entry in archive.Entries)
            {
                var extension = Path.GetExtension(entry.Name).ToLowerInvariant();
                if (!Drivers.ContainsKey(extension) && !Tables.Contains(extension) && !Companions.Contains(extension))
                    continue;
                var target = PathOf("source" + extension);
                if (File.Exists(target))
                    throw new ImportRefusedException("files-several", "file", "a .zip with one data set");
                // counted while it is unpacked: what a zip says of itself may be wrong
                await using var content = await entry.OpenAsync(cancellation);
                left -= await CopyAsync(content, target, left, cancellation);
                if (extension == ".xlsx")
                    await CheckAsync(target, cancellation);
            }
        }
        catch (InvalidDataException)
        {
            throw new ImportRefusedException("file-unreadable", "file", "a .zip that is whole");
        }
        finally
        {
            File.Delete(zip);
        }
    }

    private static async Task<long> CopyAsync(Stream from, string to, long most, CancellationToken cancellation)
    {
        await using var target = new FileStream(to, FileMode.Create, FileAccess.Write);
        var buffer = new byte[1 << 17];
        var total = 0L;
        while (await from.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            if ((total += read) > most)
                throw new ImportRefusedException("file-too-large", "file", $"at most {most >> 20} MB");
            await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
        }
        return total;
    }
}
