using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;
using SituationMap.Store.Database;

namespace SituationMap.Server.Statuses;

/// <summary>Says the reasons of an evaluation in words, with the names of the zones they rest on.</summary>
internal static class ReasonReader
{
    public static async Task<IReadOnlyList<ReasonResponse>> ReadAsync(
        NpgsqlConnection connection,
        ProtocolPlan plan,
        Places places,
        HouseholdFacts household,
        StatusEvaluation found,
        DateTimeOffset at,
        CancellationToken cancellation
    )
    {
        var zones = await ZoneNamesAsync(connection, found, cancellation);
        return
        [
            .. found.Because.Select(reason =>
            {
                var (zone, name) = reason.Zone is { } id ? zones[(id, reason.ZoneVersion!.Value)] : (null, null);
                var fact = household.Facts.FirstOrDefault(fact => fact.Id == reason.Fact);
                var words = ReasonWords.Say(reason, found.Status, fact, name, plan, places, at);
                return new ReasonResponse(
                    reason.Rule,
                    reason.Edition,
                    reason.Fact,
                    reason.With,
                    zone,
                    reason.ZoneVersion,
                    reason.From,
                    reason.To,
                    WordsResponse.Of(words),
                    ReasonWords.Sooner(reason, plan) is { } sooner ? WordsResponse.Of(sooner) : null
                );
            }),
        ];
    }

    private static async Task<Dictionary<(int Zone, int Version), (string Code, string Name)>> ZoneNamesAsync(
        NpgsqlConnection connection,
        StatusEvaluation found,
        CancellationToken cancellation
    )
    {
        var names = new Dictionary<(int, int), (string, string)>();
        var zones = found.Because.Select(reason => reason.Zone).OfType<int>().Distinct().ToArray();
        if (zones.Length == 0)
            return names;
        await using var command = connection.Command(
            "SELECT v.zone, v.version, z.code, v.name FROM zone_version v JOIN zone z ON z.id = v.zone WHERE v.zone = ANY ($1)",
            zones
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
            names.Add((reader.GetInt32(0), reader.GetInt32(1)), (reader.GetString(2), reader.GetString(3)));
        return names;
    }
}
