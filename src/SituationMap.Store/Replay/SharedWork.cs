namespace SituationMap.Store.Replay;

/// <summary>Work whose latest results are kept: whoever asks for the same shares it, and what nobody waits for any more is given
/// up.</summary>
public class SharedWork<TKey, TResult>(int kept)
    where TKey : notnull
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Entry> _entries = [];
    private long _uses;

    public async Task<TResult> GetAsync(TKey key, Func<CancellationToken, Task<TResult>> work, CancellationToken cancellation)
    {
        var entry = Join(key, work);
        try
        {
            return await entry.Result.WaitAsync(cancellation);
        }
        finally
        {
            Leave(key, entry);
        }
    }

    /// <summary>What is done and kept.</summary>
    public IReadOnlyList<TResult> Finished
    {
        get
        {
            lock (_lock)
                return [.. _entries.Values.Where(entry => entry.Result.IsCompletedSuccessfully).Select(entry => entry.Result.Result)];
        }
    }

    /// <summary>Keeps no others; whoever waits for one still gets it.</summary>
    public void KeepOnly(Func<TKey, bool> isWanted)
    {
        lock (_lock)
        {
            foreach (var key in _entries.Keys.Where(key => !isWanted(key)).ToArray())
                _entries.Remove(key);
        }
    }

    private Entry Join(TKey key, Func<CancellationToken, Task<TResult>> work)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var entry) || entry.Result.IsFaulted)
            {
                if (_entries.Count >= kept)
                    _entries.Remove(_entries.MinBy(old => old.Value.LastUse).Key);
                var abandoned = new CancellationTokenSource();
                _entries[key] = entry = new Entry(Task.Run(() => work(abandoned.Token)), abandoned);
            }
            entry.Waiting++;
            entry.LastUse = ++_uses;
            return entry;
        }
    }

    private void Leave(TKey key, Entry entry)
    {
        lock (_lock)
        {
            if (--entry.Waiting > 0 || entry.Result.IsCompleted)
                return;
            if (_entries.GetValueOrDefault(key) == entry)
                _entries.Remove(key);
            entry.Abandoned.Cancel();
        }
    }

    private sealed class Entry(Task<TResult> result, CancellationTokenSource abandoned)
    {
        public Task<TResult> Result => result;

        public CancellationTokenSource Abandoned => abandoned;

        public int Waiting { get; set; }

        public long LastUse { get; set; }
    }
}
