using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace SituationMap.Store.Statuses.Recompute;

/// <summary>
/// Fetches the whole result of a query as PostgreSQL's binary COPY, into one buffer that is used again. For results of hundreds of
/// thousands of narrow rows this is several times cheaper than reading field by field.
/// </summary>
public sealed class CopyOut
{
    private byte[] _buffer = new byte[1 << 20];

    /// <summary>Runs the query; the rows are there until the next call.</summary>
    /// <param name="query">COPY takes no parameters: numbers only, formatted into it.</param>
    public async Task<ReadOnlyMemory<byte>> FetchAsync(NpgsqlConnection connection, FormattableString query, CancellationToken cancellation)
    {
        var length = 0;
        await using var stream = await connection.BeginRawBinaryCopyAsync(
            FormattableString.Invariant($"COPY ({FormattableString.Invariant(query)}) TO STDOUT (FORMAT BINARY)"),
            cancellation
        );
        while (await stream.ReadAsync(_buffer.AsMemory(length), cancellation) is > 0 and var read)
        {
            length += read;
            if (length == _buffer.Length)
                Array.Resize(ref _buffer, length * 2);
        }
        return _buffer.AsMemory(0, length);
    }
}

/// <summary>
/// Goes through rows in the format of PostgreSQL's binary COPY: a header, then per row the number of fields, and per field its length
/// (-1: null) and bytes, numbers in network order. Fields are read in their order, each once.
/// </summary>
public ref struct CopyRows
{
    // signature, flags, length of the extension (always 0)
    private const int HeaderLength = 11 + 4 + 4;

    private ReadOnlySpan<byte> _rest;

    /// <summary>Of this row, those that were not read yet.</summary>
    private int _fields;

    public CopyRows(ReadOnlyMemory<byte> rows) => _rest = rows.Span[HeaderLength..];

    /// <summary>Goes to the next row, over what of this one was not read; false after the last one.</summary>
    public bool Next()
    {
        while (_fields > 0)
            TryBytes(out _);
        _fields = BinaryPrimitives.ReadInt16BigEndian(_rest);
        _rest = _rest[2..];
        return _fields >= 0;
    }

    public int Int() => BinaryPrimitives.ReadInt32BigEndian(Bytes());

    public int? OptionalInt() => TryBytes(out var bytes) ? BinaryPrimitives.ReadInt32BigEndian(bytes) : null;

    public bool Bool() => Bytes()[0] != 0;

    public Guid Guid() => new(Bytes(), bigEndian: true);

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public DateTimeOffset Instant() => At(Bytes());

    public DateTimeOffset? OptionalInstant() => TryBytes(out var bytes) ? At(bytes) : null;

    /// <summary>The text of a jsonb, UTF-8; before it stands the version of its format.</summary>
    public ReadOnlySpan<byte> Json() => Bytes()[1..];

    /// <summary>The bytes of a field that is not null.</summary>
    public ReadOnlySpan<byte> Bytes() =>
        TryBytes(out var bytes) ? bytes : throw new InvalidDataException("A field that cannot be null is.");

    private bool TryBytes(out ReadOnlySpan<byte> bytes)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(_rest);
        bytes = length < 0 ? default : _rest.Slice(4, length);
        _rest = _rest[(4 + bytes.Length)..];
        _fields--;
        return length >= 0;
    }

    // microseconds since 2000
    private static DateTimeOffset At(ReadOnlySpan<byte> bytes) =>
        new(new DateTime(2000, 1, 1).Ticks + BinaryPrimitives.ReadInt64BigEndian(bytes) * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero);
}
