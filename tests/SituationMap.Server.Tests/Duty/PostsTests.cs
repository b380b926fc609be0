using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Tests.Access;
using SituationMap.Server.Tests.Snapshots;
using SituationMap.Store.Replay;
using SituationMap.Store.Snapshots;
using static SituationMap.Server.Tests.Duty.DutyRequests;

namespace SituationMap.Server.Tests.Duty;

/// <summary>Posts over HTTP; each test has posts and workers of its own.</summary>
public sealed class PostsTests(LockedServer locked) : IClassFixture<LockedServer>
{
    private static int _accounts;

    [Fact]
    public async Task Whoever_is_planned_and_has_not_come_is_a_gap_until_he_comes_and_the_checkpoint_follows()
    {
        using var dispatcher = await SignInAsync("dispatcher");
        var before = DateTimeOffset.UtcNow;
        await locked.Database.ExecuteAsync(
            """
            INSERT INTO checkpoint (grid, code, name, manned, location)
            SELECT text2ltree('210682.004.01'), 'C-duty', '东门', true, ST_Translate(location, 0.0001, 0) FROM checkpoint WHERE code = 'C-1'
            """
        );
        await FollowedAsync(snapshot => snapshot.City.Checkpoints.Any(one => one.Code == "C-duty"));
        await WorkersAsync(dispatcher, "W-a", "W-b");
        await PutAsync(
            dispatcher,
            "api/posts",
            new
            {
                code = "gate",
                name = "东门岗",
                kind = "roundTheClock",
                checkpoint = "C-duty",
                leader = "W-b",
            }
        );
        (await PostAsync(dispatcher, "gate")).State.ShouldBe("noPlan");

        var shift = Guid.NewGuid();
        var arrival = Step("arrived", shift);
        await StepAsync(dispatcher, "gate", Planned(shift, "W-a", before.AddHours(-1), before.AddHours(7)));
        var gap = await PostAsync(dispatcher, "gate");
        (gap.State, gap.Reason).ShouldBe(("gap", "notArrived"));
        gap.Words.ShouldContain("W-a not arrived");
        await FollowedAsync(snapshot => !IsManned(snapshot));
        var whenGap = DateTimeOffset.UtcNow;
        (await GapsAsync(dispatcher)).ShouldContain("gate");

        await StepAsync(dispatcher, "gate", arrival);
        (await StepAsync(dispatcher, "gate", arrival)).GetProperty("duplicate").GetInt32().ShouldBe(1);
        (await PostAsync(dispatcher, "gate")).State.ShouldBe("covered");
        (await GapsAsync(dispatcher)).ShouldNotContain("gate");
        await FollowedAsync(IsManned);
        await StepAsync(dispatcher, "gate", Step("left", shift));

        (await PostAsync(dispatcher, $"gate?at={Uri.EscapeDataString($"{whenGap:O}")}")).State.ShouldBe("gap");
        var past = locked.Server.Services.GetRequiredService<PastSnapshots>();
        IsManned(await past.AtAsync(whenGap, default)).ShouldBeFalse();
        IsManned(await past.AtAsync(before, default)).ShouldBeTrue("as it was imported");
        FollowingTests.ShouldBeEqual(Snapshot, await locked.Server.Services.GetRequiredService<SnapshotLoader>().LoadAsync(default));

        static bool IsManned(Snapshot snapshot) => snapshot.IsManned(snapshot.City.Checkpoints.Single(one => one.Code == "C-duty"));
    }

    [Fact]
    public async Task A_worker_arrives_leaves_and_hands_over_for_himself_and_plans_nothing()
    {
        using var dispatcher = await SignInAsync("dispatcher");
        var name = $"duty-{Interlocked.Increment(ref _accounts)}";
        using var worker = await locked.SignInAsync(name, "reporter", LockedServer.Inside);
        await PutAsync(
            dispatcher,
            "api/workers",
            new
            {
                code = "W-own",
                grid = LockedServer.Inside,
                account = name,
            }
        );
        await WorkersAsync(dispatcher, "W-next");
        await PutAsync(dispatcher, "api/posts", Place("own"));
        var (own, next, now) = (Guid.NewGuid(), Guid.NewGuid(), DateTimeOffset.UtcNow);
        await StepAsync(
            dispatcher,
            "own",
            Planned(own, "W-own", now.AddHours(-1), now.AddHours(1)),
            Planned(next, "W-next", now.AddMinutes(-5), now.AddHours(8))
        );

        (await RefusedAsync(worker, "own", Step("arrived", next))).ShouldBe((403, "steps[0].shift"));
        (await RefusedAsync(worker, "own", Step("cancelled", own))).ShouldBe((403, "steps[0].kind"));
        await StepAsync(worker, "own", Step("arrived", own));
        await StepAsync(worker, "own", Step("left", own), Step("arrived", next));

        var post = await LockedServer.GetAsync(worker, "api/posts/own");
        post.GetProperty("cover").GetProperty("words").GetProperty("en").GetString().ShouldBe("W-next there");
        post.GetProperty("shifts")
            .EnumerateArray()
            .Single(one => one.GetProperty("mine").GetBoolean())
            .GetProperty("worker")
            .GetString()
            .ShouldBe("W-own");
        using var viewer = await SignInAsync("viewer");
        var seen = await LockedServer.GetAsync(viewer, "api/posts/own");
        seen.GetRawText().ShouldNotContain("W-next");
        seen.GetProperty("cover").GetProperty("present").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Steps_are_stored_together_or_not_at_all_and_what_is_wrong_is_named()
    {
        using var dispatcher = await SignInAsync("dispatcher");
        await WorkersAsync(dispatcher, "W-wrong");
        await PutAsync(dispatcher, "api/posts", Place("wrong"));
        await PutAsync(dispatcher, "api/posts", Place("other"));
        var (shift, now) = (Guid.NewGuid(), DateTimeOffset.UtcNow);
        var plan = Planned(shift, "W-wrong", now, now.AddHours(8));

        (await RefusedAsync(dispatcher, "wrong", plan, plan with { Id = Guid.NewGuid(), Worker = "W-none" })).ShouldBe(
            (400, "steps[1].worker")
        );
        (await RefusedAsync(dispatcher, "wrong", plan with { To = now.AddHours(25) })).ShouldBe((400, "steps[0].to"));
        (await RefusedAsync(dispatcher, "wrong", Step("arrived", shift))).ShouldBe((400, "steps[0].shift"));
        (await RefusedAsync(dispatcher, "wrong", Step("came", shift))).ShouldBe((400, "steps[0].kind"));
        (await LockedServer.GetAsync(dispatcher, "api/posts/wrong/shifts")).GetArrayLength().ShouldBe(0);

        await StepAsync(dispatcher, "wrong", plan);
        (await RefusedAsync(dispatcher, "wrong", plan with { To = now.AddHours(9) })).ShouldBe((400, "steps[0].id"));
        (await RefusedAsync(dispatcher, "other", Step("arrived", shift))).ShouldBe((400, "steps[0].shift"));
        using var outside = await SignInAsync("dispatcher", LockedServer.Outside);
        (await RefusedAsync(outside, "wrong", plan)).ShouldBe((404, "code"));
    }

    [Fact]
    public async Task A_week_is_copied_once_and_hours_over_the_limit_are_told()
    {
        using var dispatcher = await SignInAsync("dispatcher");
        await WorkersAsync(dispatcher, "W-week");
        await PutAsync(dispatcher, "api/posts", Place("week"));
        var monday = DateOnly.FromDateTime(DateTime.UtcNow.AddHours(8));
        monday = monday.AddDays(-(((int)monday.DayOfWeek + 6) % 7));
        var (shift, next) = (Guid.NewGuid(), new DateTimeOffset(monday.AddDays(7), new TimeOnly(6, 0), TimeSpan.FromHours(8)));
        await StepAsync(dispatcher, "week", Planned(shift, "W-week", next, next.AddHours(13)));
        var copy = new
        {
            grid = LockedServer.Inside,
            from = monday.AddDays(8),
            to = monday.AddDays(2),
        };

        (await SendAsync(dispatcher, "api/posts/copy", copy)).GetProperty("accepted").GetInt32().ShouldBeGreaterThanOrEqualTo(1);
        var again = await SendAsync(dispatcher, "api/posts/copy", copy);
        again.GetProperty("accepted").GetInt32().ShouldBe(0);
        again.GetProperty("duplicate").GetInt32().ShouldBeGreaterThanOrEqualTo(1);

        var from = Uri.EscapeDataString($"{next.AddDays(-7):O}");
        var to = Uri.EscapeDataString($"{next.AddDays(-6):O}");
        var copied = (await LockedServer.GetAsync(dispatcher, $"api/posts/week/shifts?from={from}&to={to}")).EnumerateArray().Single();
        copied.GetProperty("from").GetDateTimeOffset().ShouldBe(next.AddDays(-7));
        // planned for a time that may be over already, in which nobody was there: only what is still ahead is worked
        var workers = await LockedServer.GetAsync(dispatcher, "api/workers");
        workers.GetProperty("longestRow").GetDouble().ShouldBe(12);
        workers.GetProperty("workers").EnumerateArray().ShouldContain(one => one.GetProperty("code").GetString() == "W-week");
    }

    private Snapshot Snapshot => locked.Server.Services.GetRequiredService<SnapshotHolder>().Current;

    private Task FollowedAsync(Func<Snapshot, bool> condition) => DemoServer.WaitAsync(() => Task.FromResult(condition(Snapshot)));

    private Task<HttpClient> SignInAsync(string role, string grid = LockedServer.Inside) =>
        locked.SignInAsync($"duty-{Interlocked.Increment(ref _accounts)}", role, grid);
}
