using Microsoft.AspNetCore.Mvc;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Server.Access;
using SituationMap.Store.Access;
using SituationMap.Store.Duty;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Duty;

/// <summary>What is asked of posts.</summary>
internal sealed record PostQuery(
    [property: FromQuery(Name = "grid")] string? Grid,
    [property: FromQuery(Name = "at")] string? At,
    [property: FromQuery(Name = "known")] string? Known,
    [property: FromQuery(Name = "from")] string? From,
    [property: FromQuery(Name = "to")] string? To
);

/// <summary>The same, read.</summary>
/// <param name="Grid">Its path; null: all of the caller's.</param>
internal sealed record PostTime(DateTimeOffset At, DateTimeOffset Known, DateTimeOffset From, DateTimeOffset To, string? Grid);

/// <summary>Finds posts as they are told to whoever asks.</summary>
internal sealed class PostBook(DutyReader reader, SnapshotHolder holder, ProtocolCatalog protocols, TimeProvider clock)
{
    private static readonly TimeSpan LongestSpan = TimeSpan.FromDays(15);
    private static readonly TimeSpan ShownBefore = TimeSpan.FromHours(12);

    /// <summary>Gives what is wrong with the query, or reads it.</summary>
    public Fault? Read(PostQuery query, HttpContext context, out PostTime time)
    {
        var now = clock.GetUtcNow();
        time = default!;
        var (at, known) = (now, now);
        if (query.At is not null && Instants.ParsePast("at", query.At, now, out at) is { } atFault)
            return atFault;
        // as it was told then
        known = at;
        if (query.Known is not null && Instants.ParsePast("known", query.Known, now, out known) is { } knownFault)
            return knownFault;
        var (from, to) = (at - ShownBefore, at + ShownBefore);
        if (query.From is not null && !Instants.TryParse(query.From, out from))
            return Instants.Fault("from");
        if (query.To is not null && !Instants.TryParse(query.To, out to))
            return Instants.Fault("to");
        if (to <= from || to - from > LongestSpan)
            return new Fault("value-wrong", "to", $"a time after from, at most {LongestSpan.TotalDays} days later");
        var city = holder.Current.City;
        if (
            (query.Grid is not null && !city.GridByCode.ContainsKey(query.Grid))
            || ScopeFilter.Check(context.Scope(), city, query.Grid, null) is not null
        )
            return new Fault("value-wrong", "grid", "the code of a known grid");
        time = new PostTime(at, known, from, to, query.Grid?.Replace('-', '.'));
        return null;
    }

    /// <summary>By their codes.</summary>
    /// <param name="code">One post; null: all.</param>
    public async Task<PostResponse[]> FindAsync(PostTime time, string? code, HttpContext context, CancellationToken cancellation)
    {
        var caller = context.Caller()!;
        var (back, ahead) = (DutyWindow.From(time.At), DutyWindow.To(time.At));
        var found = await reader.PostsAsync(
            context.Scope(),
            time.Grid,
            code,
            time.From < back ? time.From : back,
            time.To > ahead ? time.To : ahead,
            time.Known,
            cancellation
        );
        var own = (await reader.WorkersAsync(Scope.WholeCity, null, cancellation))
            .Where(worker => worker.Account == caller.Name)
            .Select(worker => worker.Code)
            .ToHashSet();
        var told = new PostTold(protocols.Plan, time.At, time.From, time.To);
        return [.. found.Select(duty => told.Of(duty, SeesWorkers(caller, duty.Post.Grid), own))];
    }

    private static bool SeesWorkers(Caller caller, string grid) =>
        ((Right[])[Right.Report, Right.StandDuty, Right.Dispatch]).Any(right => caller.ScopeOf(right)?.Covers(grid) == true);
}
