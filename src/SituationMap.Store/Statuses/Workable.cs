using Npgsql;
using SituationMap.Core.Protocols;
using SituationMap.Store.Supervision;

namespace SituationMap.Store.Statuses;

/// <summary>
/// Works something out of many households for whoever asks. Those that cannot be worked out are left out, as <see cref="StatusWorker"/>
/// sets them aside and tells of them: one household's facts must not cost the picture of all others.
/// </summary>
public static class Workable
{
    /// <param name="known">As for <see cref="StatusBatch.LoadAsync"/>.</param>
    /// <param name="workOut">Called by several threads at once.</param>
    /// <returns>What was found, of those households that there are and that can be worked out.</returns>
    public static async Task<IReadOnlyList<(int Household, T Found)>> EachAsync<T>(
        NpgsqlConnection connection,
        ProtocolPlan plan,
        int[] households,
        DateTimeOffset known,
        Func<HouseholdInput, T> workOut,
        CancellationToken cancellation
    )
    {
        var inputs = await LoadAsync(connection, plan, households, known, cancellation);
        var found = new (int Household, T Found)?[inputs.Count];
        Parallel.For(0, inputs.Count, new ParallelOptions { CancellationToken = cancellation }, index =>
        {
            try
            {
                found[index] = (inputs[index].Household, workOut(inputs[index]));
            }
            catch (Exception failure) when (IsItsOwn(failure, cancellation))
            {
                // left out
            }
        });
        return [.. found.OfType<(int, T)>()];
    }

    /// <summary>As <see cref="StatusBatch.LoadAsync"/>, without those that cannot be read: halves what cannot until the one at fault is
    /// alone.</summary>
    public static async Task<IReadOnlyList<HouseholdInput>> LoadAsync(
        NpgsqlConnection connection,
        ProtocolPlan plan,
        int[] households,
        DateTimeOffset known,
        CancellationToken cancellation
    )
    {
        try
        {
            return await StatusBatch.LoadAsync(connection, plan, households, known, cancellation);
        }
        catch (Exception failure) when (IsItsOwn(failure, cancellation))
        {
            if (households.Length <= 1)
                return [];
            var half = households.Length / 2;
            return
            [
                .. await LoadAsync(connection, plan, households[..half], known, cancellation),
                .. await LoadAsync(connection, plan, households[half..], known, cancellation),
            ];
        }
    }

    /// <summary>Whether it lies in what is stored of a household: neither in the store, nor in who asks.</summary>
    public static bool IsItsOwn(Exception failure, CancellationToken cancellation) =>
        failure is not PostgresException && !cancellation.IsCancellationRequested && !StoreFailure.IsPassing(failure);
}
