namespace SituationMap.Store.Statuses.Recompute;

/// <summary>
/// Makes one object of equal bytes: thousands of facts have the same source or say the same, such as "36.5 ℃", and need to be read
/// only once. Forgets everything when it has grown large.
/// </summary>
public sealed class Interned<T>(Func<byte[], T> make)
{
    private const int Most = 20_000;

    private readonly Dictionary<byte[], T> _known = new(ByBytes.Instance);

    public T Of(ReadOnlySpan<byte> bytes)
    {
        var known = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (known.TryGetValue(bytes, out var item))
            return item;
        if (_known.Count >= Most)
            _known.Clear();
        var own = bytes.ToArray();
        return _known[own] = make(own);
    }

    private sealed class ByBytes : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly ByBytes Instance = new();

        public bool Equals(byte[]? one, byte[]? other) => one.AsSpan().SequenceEqual(other);

        public int GetHashCode(byte[] bytes) => GetHashCode(bytes.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => unchecked((int)System.IO.Hashing.XxHash3.HashToUInt64(alternate));

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
