using SituationMap.Store.Snapshots;

namespace SituationMap.Store.Zones.Impact;

/// <summary>
/// What was read of buildings, kept between the previews of an outline while it is drawn: only a corner moves, and most buildings stay
/// the same. Whatever changes buildings, their households or who lives there makes another city, which empties it.
/// </summary>
public sealed class CachedByBuilding<T>(TimeProvider clock) : IDisposable
    where T : class
{
    private const int MaxBuildings = 30_000;

    /// <summary>Longer ago, and everything is read anew.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _alone = new(1);
    private readonly Dictionary<int, T?> _found = [];
    private City? _city;
    private long _stand;
    private DateTimeOffset _begunAt;
    private DateTimeOffset _readAt;

    /// <summary>What there is of these buildings, by their ids; one of which there is nothing is left out.</summary>
    /// <param name="stand">Another number than the last time: all is read anew.</param>
    /// <param name="read">Reads what there is of buildings.</param>
    /// <param name="changedSince">Gives the buildings of which there is something new since an instant; null: it never changes by
    /// itself.</param>
    public async Task<Dictionary<int, T>> OfAsync(
        City city,
        long stand,
        int[] buildings,
        Func<int[], Task<Dictionary<int, T>>> read,
        Func<DateTimeOffset, Task<int[]>>? changedSince,
        CancellationToken cancellation
    )
    {
        await _alone.WaitAsync(cancellation);
        try
        {
            var now = clock.GetUtcNow();
            if (!ReferenceEquals(city, _city) || stand != _stand || now - _begunAt > Longest || _found.Count > MaxBuildings)
            {
                _found.Clear();
                _begunAt = now;
            }
            else if (changedSince is not null)
            {
                foreach (var building in await changedSince(_readAt))
                    _found.Remove(building);
            }
            (_city, _stand, _readAt) = (city, stand, now);
            int[] missing = [.. buildings.Where(building => !_found.ContainsKey(building))];
            if (missing.Length > 0)
            {
                var fresh = await read(missing);
                foreach (var building in missing)
                    _found[building] = fresh.GetValueOrDefault(building);
            }
            var found = new Dictionary<int, T>(buildings.Length);
            foreach (var building in buildings)
            {
                if (_found[building] is { } one)
                    found.Add(building, one);
            }
            return found;
        }
        finally
        {
            _alone.Release();
        }
    }

    public void Dispose() => _alone.Dispose();
}
