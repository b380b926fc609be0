using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Core.Statuses;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Persons;
using SituationMap.Store.Protocols;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Statuses;

/// <summary>One household's status with everything that led to it, worked out afresh for whoever asks.</summary>
internal static class StatusEndpoint
{
    public static async Task<Results<Ok<StatusResponse>, ProblemHttpResult>> GetAsync(
        string code,
        HttpContext context,
        NpgsqlDataSource database,
        ProtocolCatalog protocols,
        TimeProvider clock,
        CancellationToken cancellation,
        string? at = null,
        string? known = null
    )
    {
        var now = clock.GetUtcNow();
        var (asOf, knownAt) = (now, now);
        if (at is not null && !Instants.TryParse(at, out asOf))
            return Problems.BadRequest(Instants.Fault("at"));
        if (known is not null && Instants.ParsePast("known", known, now, out knownAt) is { } fault)
            return Problems.BadRequest(fault);

        await using var connection = await database.OpenConnectionAsync(cancellation);
        // one consistent look: facts, zones and sequence belong together
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
        await using var find = new NpgsqlCommand(
            "SELECT h.id, c.last FROM household h CROSS JOIN feed_counter c WHERE h.code = $1",
            connection
        );
        find.Parameters.Add(new() { Value = code });
        int household;
        long sequence;
        await using (var reader = await find.ExecuteReaderAsync(cancellation))
        {
            if (!await reader.ReadAsync(cancellation))
                return HouseholdEndpoints.Unknown();
            (household, sequence) = (reader.GetInt32(0), reader.GetInt64(1));
        }

        // what came while the clock was ahead is known as well
        var by = known is null ? DateTimeOffset.MaxValue : knownAt;
        var input = (await StatusBatch.LoadAsync(connection, protocols.Plan, [household], by, cancellation))[0];
        input = input with { Facts = FactTexts.Masked(input.Facts) };
        var plan = protocols.Plan.ForGrid(input.Grid);
        var found = StatusRules.Evaluate(input.Facts, input.Zones, plan, asOf);
        return TypedResults.Ok(
            new StatusResponse(
                code,
                StatusNames.Name(found.Status),
                found.Since,
                found.Until,
                found.Surveyed,
                found.Edition,
                await ReasonReader.ReadAsync(connection, plan, protocols.Places, input.Facts, found, asOf, cancellation),
                OpenItems.Pending(input, plan, protocols.Places, asOf),
                // of an instant to come nobody can have reported anything yet
                asOf <= now
                    ? OpenItems.For(
                        context.MaySeeMembers(input.Grid),
                        await OpenItems.OverdueAsync(connection, input, plan, asOf, cancellation)
                    )
                    : [],
                asOf,
                knownAt,
                sequence
            )
        );
    }
}
