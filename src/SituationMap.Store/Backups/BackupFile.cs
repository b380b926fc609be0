using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace SituationMap.Store.Backups;

/// <summary>
/// A backup in one file: a ZIP that holds <c>store.dump</c>, as pg_dump writes it in its custom format, and <c>manifest.json</c>. Any
/// program that reads ZIPs and PostgreSQL's own can make a store of it.
/// </summary>
public sealed class BackupFile : IDisposable
{
    private const string DumpName = "store.dump";
    private const string ManifestName = "manifest.json";
    private const int Block = 1 << 20;

    private readonly string _path;
    private readonly ZipArchive _zip;

    private BackupFile(string path, ZipArchive zip, BackupManifest manifest) => (_path, _zip, Manifest) = (path, zip, manifest);

    public BackupManifest Manifest { get; }

    /// <summary>Writes one.</summary>
    /// <param name="dump">Writes PostgreSQL's part.</param>
    /// <param name="describe">Gives the manifest, from the SHA-256 of that part in hex.</param>
    public static async Task<BackupManifest> WriteAsync(
        Stream file,
        Func<Stream, Task> dump,
        Func<string, BackupManifest> describe,
        CancellationToken cancellation
    )
    {
        await using var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true);
        using var hash = SHA256.Create();
        // it is compressed already
        await using (var entry = await zip.CreateEntry(DumpName, CompressionLevel.NoCompression).OpenAsync(cancellation))
        await using (var hashed = new CryptoStream(entry, hash, CryptoStreamMode.Write))
            await dump(hashed);
        var manifest = describe(Convert.ToHexStringLower(hash.Hash!));
        await using (var entry = await zip.CreateEntry(ManifestName).OpenAsync(cancellation))
            await JsonSerializer.SerializeAsync(entry, manifest, JsonSerializerOptions.Web, cancellation);
        return manifest;
    }

    /// <summary>Opens one and reads what it says of itself.</summary>
    /// <exception cref="StartupException">It is not there, is something else, damaged, or of a newer program.</exception>
    public static async Task<BackupFile> OpenAsync(string path, int knownSchema, CancellationToken cancellation)
    {
        ZipArchive? zip = null;
        try
        {
            zip = await ZipFile.OpenReadAsync(path, cancellation);
            var entry = zip.GetEntry(ManifestName) ?? throw new InvalidDataException();
            await using var stream = await entry.OpenAsync(cancellation);
            using var json = await JsonDocument.ParseAsync(stream, cancellationToken: cancellation);
            var (format, schema) = (json.RootElement.GetProperty("format").GetInt32(), json.RootElement.GetProperty("schema").GetInt32());
            if (format > BackupManifest.ThisFormat || schema > knownSchema)
                throw new StartupException(
                    $"{path} was made by a newer SituationMap ({json.RootElement.GetProperty("program").GetString()}, schema version "
                        + $"{schema}; this one knows {knownSchema}). Restore it with that one, or a newer."
                );
            var manifest = json.Deserialize<BackupManifest>(JsonSerializerOptions.Web) ?? throw new InvalidDataException();
            return zip.GetEntry(DumpName) is null ? throw new InvalidDataException() : new BackupFile(path, zip, manifest);
        }
        catch (Exception failure)
        {
            zip?.Dispose();
            throw failure switch
            {
                InvalidDataException or JsonException or KeyNotFoundException or InvalidOperationException => Damaged(path, failure),
                IOException or UnauthorizedAccessException => new StartupException(
                    $"The backup cannot be read from {path}: {failure.Message}",
                    failure
                ),
                _ => failure,
            };
        }
    }

    /// <summary>Reads all of it and compares it with the manifest.</summary>
    /// <exception cref="StartupException">It is damaged.</exception>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            await using var dump = await _zip.GetEntry(DumpName)!.OpenAsync(cancellation);
            var block = new byte[Block];
            while (await dump.ReadAsync(block, cancellation) is > 0 and var read)
                hash.AppendData(block.AsSpan(0, read));
        }
        catch (InvalidDataException failure)
        {
            throw Damaged(_path, failure);
        }
        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != Manifest.Dump)
            throw Damaged(_path);
    }

    /// <summary>Copies PostgreSQL's part.</summary>
    public async Task CopyDumpAsync(Stream to, CancellationToken cancellation)
    {
        await using var dump = await _zip.GetEntry(DumpName)!.OpenAsync(cancellation);
        await dump.CopyToAsync(to, Block, cancellation);
    }

    public void Dispose() => _zip.Dispose();

    private static StartupException Damaged(string path, Exception? failure = null) =>
        new($"{path} is no backup as the verb backup makes them, or it is damaged. Nothing was restored; use another copy of it.", failure);
}
