using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Store.Statuses;

/// <summary>The figures that everybody may see, of each of the last days.</summary>
public sealed class FiguresOfDay(NpgsqlDataSource database)
{
    private const int KeptDays = 30;

    /// <summary>Keeps a day's figures, JSON, unless there are some; gives those that are kept.</summary>
    public async Task<string> KeepAsync(DateOnly day, string figures, CancellationToken cancellation)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var keep = connection.Command(
            """
            WITH old AS (DELETE FROM public_figures WHERE day < $1 - $3)
            INSERT INTO public_figures (day, figures) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING
            """,
            day,
            SqlValue.Json(figures),
            KeptDays
        );
        await keep.ExecuteNonQueryAsync(cancellation);
        await using var read = connection.Command("SELECT figures::text FROM public_figures WHERE day = $1", day);
        return (string)(await read.ExecuteScalarAsync(cancellation))!;
    }
}
