namespace SituationMap.Store.Supervision;

/// <summary>How long to leave alone what has failed: twice as long each time.</summary>
public static class Backoff
{
    /// <param name="failures">How often it has failed in a row, from 1.</param>
    public static TimeSpan After(int failures, TimeSpan first, TimeSpan longest) =>
        TimeSpan.FromSeconds(Math.Min(longest.TotalSeconds, first.TotalSeconds * Math.Pow(2, Math.Min(failures - 1, 40))));
}

/// <summary>
/// Those of a service's items that failed lately, each left alone for a while, so that the others go on: a second, two, four, … half an
/// hour. In this process's memory alone: another process, and the next start, find out for themselves. Safe for several threads.
/// </summary>
public sealed class SetAside<T>(TimeProvider clock)
    where T : notnull
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    private readonly Dictionary<T, (int Failures, long Since)> _items = [];

    /// <summary>Those whose time to be tried again has not come.</summary>
    public T[] Waiting
    {
        get
        {
            lock (_items)
                return [.. _items.Where(item => IsWaiting(item.Value)).Select(item => item.Key)];
        }
    }

    public bool IsWaitingFor(T item)
    {
        lock (_items)
            return _items.TryGetValue(item, out var found) && IsWaiting(found);
    }

    /// <summary>It has failed, once more.</summary>
    public void Add(T item)
    {
        lock (_items)
            _items[item] = (_items.GetValueOrDefault(item).Failures + 1, clock.GetTimestamp());
    }

    /// <summary>They went well.</summary>
    public void Remove(params IEnumerable<T> items)
    {
        lock (_items)
        {
            if (_items.Count == 0)
                return;
            foreach (var item in items)
                _items.Remove(item);
        }
    }

    private bool IsWaiting((int Failures, long Since) item) =>
        clock.GetElapsedTime(item.Since) < Backoff.After(item.Failures, First, Longest);
}
