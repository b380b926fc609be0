namespace SituationMap.Store.Snapshots;

/// <summary>
/// An array that never changes, of which a changed copy costs only the pages touched: what lets a snapshot of a million
/// households be replaced many times a second while readers keep the one they hold.
/// </summary>
public sealed class PagedArray<T>
{
    private const int PageBits = 9;
    private const int PageSize = 1 << PageBits;

    private readonly T[][] _pages;

    public PagedArray(ReadOnlySpan<T> items)
    {
        Length = items.Length;
        _pages = new T[(items.Length + PageSize - 1) >> PageBits][];
        for (var page = 0; page < _pages.Length; page++)
            _pages[page] = items.Slice(page << PageBits, Math.Min(PageSize, items.Length - (page << PageBits))).ToArray();
    }

    private PagedArray(T[][] pages, int length) => (_pages, Length) = (pages, length);

    public int Length { get; }

    public T this[int index] => _pages[index >> PageBits][index & (PageSize - 1)];

    public Editor Edit() => new(this);

    /// <summary>Makes one changed copy; not for use after <see cref="Finish"/>.</summary>
    public sealed class Editor(PagedArray<T> original)
    {
        private readonly T[][] _pages = [.. original._pages];

        /// <summary>The item to read or write; asking for it copies its page once.</summary>
        public ref T this[int index]
        {
            get
            {
                var page = index >> PageBits;
                if (ReferenceEquals(_pages[page], original._pages[page]))
                    _pages[page] = [.. _pages[page]];
                return ref _pages[page][index & (PageSize - 1)];
            }
        }

        public PagedArray<T> Finish() => new(_pages, original.Length);
    }
}
