using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SituationMap.Core.Duty;
using SituationMap.Core.Protocols;

namespace SituationMap.Core.Tests;

/// <summary>Steps of shifts as the tables write them: <c>plan A W1 05T08:00 05T16:00</c>, <c>arrive A 05T07:55</c>, <c>leave</c>,
/// <c>cancel</c>, <c>give A W2 05T12:00</c>, <c>undo 2 05T09:00</c> (the second step). Days are of February 2020, local; what is planned
/// without <c>at</c> was so on the 1st.</summary>
internal static class DutyCase
{
    public static ProtocolPlan Plan { get; } = Scenario.Plan("demo");

    public static DutyStep[] Steps(string text)
    {
        var steps = new List<DutyStep>();
        foreach (
            var words in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split(' '))
        )
        {
            var id = Id($"{steps.Count + 1} {string.Join(' ', words)}");
            var shift = Id(words[1]);
            steps.Add(
                words[0] switch
                {
                    "plan" => Step(DutyStepKind.Planned, words.Length > 5 ? words[6] : "01T00:00") with
                    {
                        Worker = words[2],
                        From = Time(words[3]),
                        To = Time(words[4]),
                    },
                    "give" => Step(DutyStepKind.Substituted, words[3]) with { Worker = words[2] },
                    "undo" => Step(DutyStepKind.Retracted, words[2]) with
                    {
                        Step = steps[int.Parse(words[1], CultureInfo.InvariantCulture) - 1].Id,
                    },
                    "arrive" => Step(DutyStepKind.Arrived, words[2]),
                    "leave" => Step(DutyStepKind.Left, words[2]),
                    _ => Step(DutyStepKind.Cancelled, words[2]),
                }
            );

            DutyStep Step(DutyStepKind kind, string at) => new(id, kind, shift, Time(at), Time(at));
        }
        return [.. steps];
    }

    public static DateTimeOffset Time(string text) => DateTimeOffset.Parse($"2020-02-{text}:00+08:00", CultureInfo.InvariantCulture);

    public static string Said(DateTimeOffset instant) =>
        TimeZoneInfo.ConvertTime(instant, Plan.TimeZone).ToString("dd'T'HH:mm", CultureInfo.InvariantCulture);

    public static string Said(Cover cover)
    {
        string?[] said =
        [
            cover.State.Name(),
            cover.Reason is { } reason ? char.ToLowerInvariant(reason.ToString()[0]) + reason.ToString()[1..] : null,
            cover.Since is { } since ? $"since {Said(since)}" : null,
            string.Join('+', cover.Present),
            cover.ShortHandover is { } handover ? $"short {Said(handover)}" : null,
            cover.Next is { } next ? $"next {Said(next)}" : null,
        ];
        return string.Join(' ', said.Where(part => !string.IsNullOrEmpty(part)));
    }

    private static Guid Id(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
