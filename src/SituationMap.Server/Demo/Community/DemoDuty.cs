using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SituationMap.Core.Duty;
using SituationMap.Core.Protocols;
using SituationMap.Server.Demo.Town;

namespace SituationMap.Server.Demo.Community;

internal sealed record DemoWorker(int Id, DemoGrid Grid, string Code);

internal sealed record DemoPost(int Id, DemoCheckpoint Checkpoint, string Code, string Kind, DemoWorker? Leader);

/// <summary>
/// The 67 workers of three groups, and who of them stood at the posts in the last week: three manned round the clock by shifts of eight
/// hours, two with a poster only. Last night one came fifty minutes late, one stands for a second shift in a row, and tomorrow one shift
/// has not been given to anybody.
/// </summary>
internal sealed class DemoDuty
{
    private const int Workers = 67;
    private const int WorkersOfPost = 4;
    private const int ShiftHours = 8;
    private const int PastShifts = 21;
    private const int FutureShifts = 3;
    private const int LateShift = -2;
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(10);

    public DemoDuty(DemoTown town, DemoClock clock, ProtocolPlan plan)
    {
        var grids = town.Tree.Grids;
        All = [.. Enumerable.Range(0, Workers).Select(i => new DemoWorker(i + 1, grids[i % grids.Count], Code(i + 1)))];
        Posts =
        [
            .. town.Checkpoints.Select(
                (checkpoint, i) =>
                    new DemoPost(
                        i + 1,
                        checkpoint,
                        string.Create(CultureInfo.InvariantCulture, $"G-{i + 1}"),
                        checkpoint.Manned ? "roundTheClock" : "poster",
                        checkpoint.Manned ? All[i * (WorkersOfPost + 1)] : null
                    )
            ),
        ];
        // whatever the hour is, the shift that is on began three hours ago
        var current = new DateTimeOffset(clock.Now.Date.AddHours(clock.Now.Hour - 3), clock.Now.Offset);
        Steps = [.. Posts.Where(post => post.Checkpoint.Manned).SelectMany(post => StepsOf(post, current, clock.Now))];
        Covers =
        [
            .. Posts
                .Where(post => post.Checkpoint.Manned)
                .Select(post =>
                    (
                        post,
                        DutyRules.Evaluate(
                            post.Kind,
                            [.. Steps.Where(step => step.Post == post).Select(step => step.Step)],
                            plan.ForGrid(post.Checkpoint.Grid.Code),
                            clock.Now
                        )
                    )
                ),
        ];
    }

    public IReadOnlyList<DemoWorker> All { get; }

    public IReadOnlyList<DemoPost> Posts { get; }

    public IReadOnlyList<(DemoPost Post, DutyStep Step)> Steps { get; }

    /// <summary>How things stand with those that are manned.</summary>
    public IReadOnlyList<(DemoPost Post, Cover Cover)> Covers { get; }

    private static string Code(int id) => string.Create(CultureInfo.InvariantCulture, $"W-{id:00}");

    private static IEnumerable<(DemoPost, DutyStep)> StepsOf(DemoPost post, DateTimeOffset current, DateTimeOffset now)
    {
        var planned = current.AddHours(-ShiftHours * PastShifts).AddDays(-2);
        for (var i = -PastShifts; i <= FutureShifts; i++)
        {
            // tomorrow's last shift at the third post is still to be given to somebody
            if (post.Id == 3 && i == FutureShifts)
                yield break;
            var (from, to) = (current.AddHours(ShiftHours * i) - Overlap, current.AddHours(ShiftHours * (i + 1)));
            // at the first post one stands for a colleague who fell ill
            var turn = post.Id == 1 && i == 0 ? -1 : i;
            var who = (post.Id - 1) * (WorkersOfPost + 1) + 1 + (turn % WorkersOfPost + WorkersOfPost) % WorkersOfPost;
            var shift = Id($"{post.Code} {i}");
            yield return (post, Step("planned", DutyStepKind.Planned, planned) with { Worker = Code(who), From = from, To = to });
            if (i > 0)
                continue;
            var came = post.Id == 2 && i == LateShift ? from.AddMinutes(60) : from.AddMinutes((i * i + post.Id) % 7 - 5);
            yield return (post, Step("arrived", DutyStepKind.Arrived, came));
            if (i < 0)
                yield return (post, Step("left", DutyStepKind.Left, to.AddMinutes((i * i + post.Id) % 4)));

            DutyStep Step(string what, DutyStepKind kind, DateTimeOffset at) =>
                new(Id($"{post.Code} {i} {what}"), kind, shift, at, at < now ? at : now);
        }
    }

    private static Guid Id(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes($"duty {text}")).AsSpan(0, 16));
}
