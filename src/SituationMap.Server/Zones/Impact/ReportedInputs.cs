using Npgsql;
using SituationMap.Server.Database;
using SituationMap.Server.Snapshots;
using SituationMap.Server.Statuses;

namespace SituationMap.Server.Zones.Impact;

/// <summary>
/// What was reported of the households of buildings, kept between the previews of an outline while it is drawn: only a corner moves, and
/// most buildings stay the same. Facts are only added, so that just those buildings are read anew about which something came in since;
/// whatever changes buildings or their households empties it.
/// </summary>
internal sealed class ReportedInputs(TimeProvider clock) : IDisposable
{
    private const int MostBuildings = 30_000;

    /// <summary>Longer ago, and everything is read anew.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>A fact is there for others only some time after it was received.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _alone = new(1);
    private readonly Dictionary<int, HouseholdInput[]> _byBuilding = [];
    private City? _city;
    private DateTimeOffset _readAt;

    /// <summary>The inputs of those households of the buildings about which anything was ever reported, by their ids.</summary>
    public async Task<Dictionary<int, HouseholdInput>> OfAsync(NpgsqlConnection connection, City city, int[] buildings, CancellationToken cancellation)
    {
        await _alone.WaitAsync(cancellation);
        try
        {
            var now = clock.GetUtcNow();
            if (!ReferenceEquals(city, _city) || now - _readAt > Longest || _byBuilding.Count > MostBuildings)
                _byBuilding.Clear();
            else
            {
                foreach (var building in await ChangedAsync(connection, _readAt - Overlap, cancellation))
                    _byBuilding.Remove(building);
            }
            (_city, _readAt) = (city, now);
            int[] missing = [.. buildings.Where(building => !_byBuilding.ContainsKey(building))];
            if (missing.Length > 0)
            {
                foreach (var building in missing)
                    _byBuilding[building] = [];
                try
                {
                    await ReadAsync(connection, missing, cancellation);
                }
                catch
                {
                    _byBuilding.Clear();
                    throw;
                }
            }
            var found = new Dictionary<int, HouseholdInput>();
            foreach (var building in buildings)
            foreach (var input in _byBuilding[building])
                found.Add(input.Household, input);
            return found;
        }
        finally
        {
            _alone.Release();
        }
    }

    public void Dispose() => _alone.Dispose();

    private async Task ReadAsync(NpgsqlConnection connection, int[] buildings, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "SELECT h.id, h.building FROM household h WHERE h.building = ANY ($1) AND EXISTS (SELECT FROM fact f WHERE f.household = h.id)", connection);
        command.Parameters.Add(new() { Value = buildings });
        Dictionary<int, int> reported;
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
            reported = (await reader.ReadAllAsync(row => (row.GetInt32(0), row.GetInt32(1)), cancellation)).ToDictionary();
        var inputs = await StatusBatch.LoadAsync(connection, [.. reported.Keys], DateTimeOffset.MaxValue, cancellation);
        foreach (var building in inputs.GroupBy(input => reported[input.Household]))
            _byBuilding[building.Key] = [.. building];
    }

    private static async Task<List<int>> ChangedAsync(NpgsqlConnection connection, DateTimeOffset since, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("SELECT DISTINCT h.building FROM fact f JOIN household h ON h.id = f.household WHERE f.received_at > $1", connection);
        command.Parameters.Add(new() { Value = since.UtcDateTime });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return [.. await reader.ReadAllAsync(row => row.GetInt32(0), cancellation)];
    }
}
