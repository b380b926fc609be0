using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Gate;
using SituationMap.Core.Protocols;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Protocols;

namespace SituationMap.Store.Gates;

/// <summary>Somebody at a gate.</summary>
/// <param name="Household">The code of his household.</param>
/// <param name="Kind">What his pass is for; without a pass a resident.</param>
/// <param name="Passage">His own passage, where it was reported already: it does not count against him.</param>
public sealed record GateQuestion(
    string Household,
    PassKind Kind,
    GateDirection Direction,
    GatePurpose Purpose,
    double? Celsius,
    DateTimeOffset At,
    Guid? Passage = null
);

/// <summary>Decides at gates, by the rules in force in the grid of whoever stands there, his household's status now, and who of it went
/// out.</summary>
public sealed class GateDesk(NpgsqlDataSource database, ProtocolCatalog protocols, PassStore passes, PassKeys keys)
{
    /// <summary>What a token says at an instant; null with the answer where it does not count.</summary>
    public async Task<(StoredPass? Pass, GateAnswer? Refused)> ReadAsync(string token, DateTimeOffset at, CancellationToken cancellation)
    {
        var plan = protocols.Plan;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, plan.TimeZone).DateTime);
        var (said, fault) = PassToken.Read(token, keys.Place, keys.Public, new HashSet<uint>(), today);
        if (said is null)
            return (null, Refused(fault!.Value));
        return await passes.FindAsync(Scope.WholeCity, said.Serial, cancellation) switch
        {
            { } pass when pass.Household != said.Household || pass.Kind != said.Kind => (null, Refused(PassFault.Forged)),
            { EndedAt: null } pass => (pass, null),
            { } => (null, Refused(PassFault.Revoked)),
            null => (null, Refused(PassFault.Forged)),
        };

        GateAnswer Refused(PassFault why) =>
            new(
                GateDecision.Stop,
                $"pass-{why.ToString().ToLowerInvariant()}",
                plan.WorkAt(at).Gate.Refused.TryGetValue(why, out var words) ? WordsResponse.Of(words) : null
            );
    }

    /// <summary>One answer for each, in their order; null where no household has that code.</summary>
    public async Task<GateAnswer?[]> DecideAsync(IReadOnlyList<GateQuestion> questions, CancellationToken cancellation)
    {
        var answers = new GateAnswer?[questions.Count];
        await using var command = database.Command(
            """
            SELECT q.ordinal::int - 1, ltree2text(h.grid), s.status::text, o.outs
            FROM unnest($1::text[], $2::timestamptz[], $3::uuid[]) WITH ORDINALITY AS q (code, at, passage, ordinal)
            JOIN household h ON h.code = q.code
            LEFT JOIN household_status s ON s.household = h.id
            LEFT JOIN LATERAL (
              SELECT array_agg(f.at) AS outs FROM fact f
              WHERE f.household = h.id AND f.kind = 'passage' AND f.data->>'direction' = 'out'
                AND f.at > q.at - interval '62 days' AND f.at <= q.at AND f.id IS DISTINCT FROM q.passage
                AND NOT EXISTS (SELECT FROM retracted_facts(ARRAY[f.id]))
            ) o ON true
            """,
            questions.Select(question => question.Household).ToArray(),
            questions.Select(question => question.At.UtcDateTime).ToArray(),
            questions.Select(question => question.Passage).ToArray()
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var ordinal = reader.GetInt32(0);
            Status? status = reader.IsDBNull(2) ? null : Enum.Parse<Status>(reader.GetString(2), ignoreCase: true);
            answers[ordinal] = Decide(
                questions[ordinal],
                reader.GetString(1).Replace('.', '-'),
                status,
                reader.IsDBNull(3) ? [] : reader.GetFieldValue<DateTime[]>(3)
            );
        }
        return answers;
    }

    private GateAnswer Decide(GateQuestion question, string grid, Status? status, DateTime[] outs)
    {
        var plan = protocols.Plan.ForGrid(grid);
        var gate = plan.WorkAt(question.At).Gate;
        var person = new AtGate(
            question.Kind,
            question.Direction,
            question.Purpose,
            question.Celsius,
            status is { } known && gate.Stays.Contains(known),
            LocalMinutes(question.At, plan.TimeZone),
            [.. outs.Select(gone => LocalMinutes(new DateTimeOffset(gone, TimeSpan.Zero), plan.TimeZone))]
        );
        return GateRules.Evaluate(gate.Rules, person) is { } rule
            ? new GateAnswer(rule.Decision, rule.Id, WordsResponse.Of(rule.Words))
            : new GateAnswer(GateDecision.Go, null, null);
    }

    private static long LocalMinutes(DateTimeOffset at, TimeZoneInfo zone) =>
        (long)Math.Floor((TimeZoneInfo.ConvertTime(at, zone).DateTime - DateTime.UnixEpoch).TotalMinutes);
}
