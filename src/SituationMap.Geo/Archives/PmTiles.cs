using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Win32.SafeHandles;
using SituationMap.Geo.VectorTiles;

namespace SituationMap.Geo.Archives;

/// <summary>
/// A PMTiles archive (specification version 3): tiles in one file, found through directories ordered along a Hilbert curve. The root
/// directory stays in memory, the leaves below it as far as they fit.
/// </summary>
public sealed class PmTiles : TileArchive
{
    private const int HeaderLength = 127;

    /// <summary>No directory is larger than this when unpacked; a file that says so is broken.</summary>
    private const int LargestDirectory = 64 << 20;

    /// <summary>Entries of leaf directories that are cached, about 24 bytes each.</summary>
    private const long MaxCachedEntries = 1_000_000;

    /// <summary>The root leads to a leaf and that to tiles; the specification allows one level more than is ever written.</summary>
    private const int DeepestDirectory = 4;

    private readonly SafeFileHandle _file;
    private readonly MemoryCache _leaves = new(new MemoryCacheOptions { SizeLimit = MaxCachedEntries });
    private readonly Compression _directoryCompression;
    private readonly string? _tileEncoding;
    private readonly ulong _leafOffset;
    private readonly ulong _tileOffset;
    private readonly Entry[] _root;

    /// <exception cref="InvalidDataException">It is not such an archive; the message says what is wrong.</exception>
    public PmTiles(string file)
        : base(file)
    {
        _file = System.IO.File.OpenHandle(file, options: FileOptions.RandomAccess);
        try
        {
            var header = ReadBytes(0, HeaderLength);
            if (!header.AsSpan(0, 7).SequenceEqual("PMTiles"u8) || header[7] != 3)
                throw new InvalidDataException("expected a PMTiles archive of version 3");
            _directoryCompression = (Compression)header[97];
            _tileEncoding = (Compression)header[98] switch
            {
                Compression.Gzip => "gzip",
                Compression.Brotli => "br",
                Compression.None => null,
                _ => throw new InvalidDataException(
                    "its tiles are packed in a way this server does not read (it reads gzip, brotli and none)"
                ),
            };
            _leafOffset = Number(header, 40);
            _tileOffset = Number(header, 56);
            _root = ReadDirectory(Number(header, 8), Number(header, 16));
            Description = Describe(header, Unpack(ReadBytes(Number(header, 24), Number(header, 32))));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How directories and tiles are packed, by the specification's numbers.</summary>
    private enum Compression
    {
        None = 1,
        Gzip = 2,
        Brotli = 3,
    }

    /// <inheritdoc/>
    public override ArchiveDescription Description { get; }

    /// <inheritdoc/>
    public override ArchivedTile? Read(TileId tile)
    {
        var id = IdOf(tile);
        var directory = _root;
        for (var depth = 0; depth < DeepestDirectory; depth++)
        {
            if (Find(directory, id) is not { } entry)
                return null;
            if (entry.Run > 0)
                return new ArchivedTile(ReadBytes(_tileOffset + entry.Offset, entry.Length), _tileEncoding);
            directory = _leaves.GetOrCreate(entry.Offset, cached =>
            {
                var leaf = ReadDirectory(_leafOffset + entry.Offset, entry.Length);
                cached.Size = leaf.Length;
                return leaf;
            })!;
        }
        return null;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _file.Dispose();
        _leaves.Dispose();
    }

    /// <summary>A tile's number: all lower zooms first, then along the Hilbert curve.</summary>
    public static ulong IdOf(TileId tile)
    {
        var (x, y) = (tile.X, tile.Y);
        var id = 0UL;
        for (var side = 1 << tile.Z >> 1; side > 0; side >>= 1)
        {
            var (right, lower) = ((x & side) > 0 ? 1 : 0, (y & side) > 0 ? 1 : 0);
            id += (ulong)side * (ulong)side * (ulong)((3 * right) ^ lower);
            if (lower == 0)
            {
                if (right == 1)
                    (x, y) = (side - 1 - (x & (side - 1)), side - 1 - (y & (side - 1)));
                (x, y) = (y, x);
            }
        }
        // 1 + 4 + 16 + … tiles of the zooms before
        return id + (((1UL << (2 * tile.Z)) - 1) / 3);
    }

    /// <summary>The entry that covers the number: the last one that begins at or before it, where its run reaches that far.</summary>
    private static Entry? Find(Entry[] directory, ulong id)
    {
        var (low, high) = (0, directory.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (directory[middle].Id <= id)
                low = middle + 1;
            else
                high = middle - 1;
        }
        if (high < 0)
            return null;
        var found = directory[high];
        return found.Run == 0 || id - found.Id < found.Run ? found : null;
    }

    private Entry[] ReadDirectory(ulong offset, ulong length)
    {
        var bytes = Unpack(ReadBytes(offset, length));
        var at = 0;
        var count = Varint(bytes, ref at);
        // each takes four numbers of at least a byte
        if (count > (ulong)bytes.Length / 4)
            throw Broken();
        var entries = new Entry[count];
        var id = 0UL;
        for (var i = 0; i < entries.Length; i++)
            entries[i].Id = id += Varint(bytes, ref at);
        for (var i = 0; i < entries.Length; i++)
            entries[i].Run = Varint(bytes, ref at);
        for (var i = 0; i < entries.Length; i++)
            entries[i].Length = Varint(bytes, ref at);
        for (var i = 0; i < entries.Length; i++)
        {
            // 0 stands for: right behind the one before
            var written = Varint(bytes, ref at);
            entries[i].Offset =
                written > 0 ? written - 1
                : i > 0 ? entries[i - 1].Offset + entries[i - 1].Length
                : throw Broken();
        }
        return entries;
    }

    private byte[] Unpack(byte[] packed)
    {
        using var source = new MemoryStream(packed);
        using Stream plain = _directoryCompression switch
        {
            Compression.None => source,
            Compression.Gzip => new GZipStream(source, CompressionMode.Decompress),
            Compression.Brotli => new BrotliStream(source, CompressionMode.Decompress),
            _ => throw new InvalidDataException(
                "its directories are packed in a way this server does not read (it reads gzip, brotli and none)"
            ),
        };
        using var unpacked = new MemoryStream();
        var buffer = new byte[64 << 10];
        int read;
        while ((read = plain.Read(buffer)) > 0)
        {
            unpacked.Write(buffer, 0, read);
            if (unpacked.Length > LargestDirectory)
                throw Broken();
        }
        return unpacked.ToArray();
    }

    private byte[] ReadBytes(ulong offset, ulong length)
    {
        // a damaged archive must not make the server reserve what its numbers say
        var size = (ulong)RandomAccess.GetLength(_file);
        if (length > LargestDirectory || offset > size || length > size - offset)
            throw Broken();
        var bytes = new byte[length];
        var done = 0;
        while (done < bytes.Length)
        {
            var read = RandomAccess.Read(_file, bytes.AsSpan(done), (long)offset + done);
            if (read == 0)
                throw Broken();
            done += read;
        }
        return bytes;
    }

    private static ulong Varint(byte[] bytes, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (at >= bytes.Length)
                throw Broken();
            var part = bytes[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
        throw Broken();
    }

    private static ArchiveDescription Describe(byte[] header, byte[] metadata)
    {
        try
        {
            using var json = JsonDocument.Parse(metadata.Length == 0 ? "{}"u8.ToArray() : metadata);
            if (header[100] > header[101])
                throw Broken();
            return new ArchiveDescription(
                Text(json.RootElement, "name"),
                header[99] switch
                {
                    1 => ArchiveDescription.VectorTile,
                    2 => "image/png",
                    3 => "image/jpeg",
                    4 => "image/webp",
                    5 => "image/avif",
                    _ => throw new InvalidDataException(
                        "its tiles are of a kind this server does not know (it knows MVT, PNG, JPEG, WebP and AVIF)"
                    ),
                },
                header[100],
                Math.Min((int)header[101], TileId.MaxZoom),
                [Degrees(header, 102), Degrees(header, 106), Degrees(header, 110), Degrees(header, 114)],
                Text(json.RootElement, "attribution"),
                VectorLayers(json.RootElement)
            );
        }
        catch (JsonException notJson)
        {
            throw new InvalidDataException("its metadata is not JSON", notJson);
        }
    }

    private static string Text(JsonElement metadata, string name) =>
        metadata.ValueKind == JsonValueKind.Object
        && metadata.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";

    /// <summary>The ids in <c>vector_layers</c>, which PMTiles and MBTiles write alike.</summary>
    public static IReadOnlyList<string> VectorLayers(JsonElement metadata) =>
        metadata.ValueKind == JsonValueKind.Object
        && metadata.TryGetProperty("vector_layers", out var layers)
        && layers.ValueKind == JsonValueKind.Array
            ? [.. layers.EnumerateArray().Select(layer => Text(layer, "id"))]
            : [];

    private static ulong Number(byte[] header, int at) => BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(at));

    private static double Degrees(byte[] header, int at) => BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(at)) / 1e7;

    private static InvalidDataException Broken() => new("it ends too early or is damaged");

    /// <summary>One line of a directory.</summary>
    /// <remarks>Run: for how many tiles in a row it stands; 0: it leads to a leaf directory.</remarks>
    private record struct Entry(ulong Id, ulong Run, ulong Length, ulong Offset);
}
