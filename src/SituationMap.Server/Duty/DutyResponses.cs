using SituationMap.Core;
using SituationMap.Core.Duty;
using SituationMap.Core.Protocols;
using SituationMap.Store.Duty;

namespace SituationMap.Server.Duty;

/// <param name="At">The instant of which it is.</param>
/// <param name="Posts">By their codes.</param>
internal sealed record PostsResponse(DateTimeOffset At, IReadOnlyList<PostResponse> Posts);

/// <param name="Kind">Of the edition of work.</param>
/// <param name="Checkpoint">The code of the checkpoint it is at; null: a place of its own.</param>
/// <param name="Leader">The code of the worker who is told of a gap first; null: nobody is.</param>
/// <param name="Gaps">From eight days ago to two days ahead.</param>
/// <param name="Shifts">Those of the time that was asked for, by when they begin; null for those who may not see who stands there.</param>
internal sealed record PostResponse(
    string Code,
    string Name,
    string Kind,
    WordsResponse KindName,
    string Grid,
    string? Checkpoint,
    double Lon,
    double Lat,
    string? Leader,
    CoverResponse Cover,
    IReadOnlyList<GapResponse> Gaps,
    IReadOnlyList<ShiftResponse>? Shifts
);

/// <param name="State">noPlan, covered or gap.</param>
/// <param name="Since">From when on; null: for more than eight days.</param>
/// <param name="Wanted">How many people are.</param>
/// <param name="Present">How many are there.</param>
/// <param name="Reason">Of a gap: notPlanned, notArrived or leftEarly.</param>
/// <param name="ChiefFrom">Of a gap: from when on the chief is told.</param>
/// <param name="ShortHandover">When the next planned shift ends whose worker stands beside whoever follows for too short a time.</param>
/// <param name="Next">When time alone changes it; null: not within two days.</param>
internal sealed record CoverResponse(
    string State,
    DateTimeOffset? Since,
    int Wanted,
    int Present,
    string? Reason,
    DateTimeOffset? ChiefFrom,
    DateTimeOffset? ShortHandover,
    DateTimeOffset? Next,
    WordsResponse Words
);

/// <param name="Ahead">It has not come yet: too few are planned.</param>
internal sealed record GapResponse(DateTimeOffset From, DateTimeOffset To, bool Ahead);

/// <param name="Worker">Whose it is, by code.</param>
/// <param name="Mine">It is that of whoever asks.</param>
internal sealed record ShiftResponse(
    Guid Id,
    string Worker,
    DateTimeOffset From,
    DateTimeOffset To,
    bool Cancelled,
    bool Mine,
    IReadOnlyList<PresenceResponse> Presences
);

/// <param name="To">When he went; where it is open, until when he counts as there.</param>
/// <param name="Open">Nobody has said that he went.</param>
internal sealed record PresenceResponse(string Worker, DateTimeOffset From, DateTimeOffset To, bool Open);

/// <summary>How a post is told.</summary>
internal sealed record PostTold(ProtocolPlan Plan, DateTimeOffset At, DateTimeOffset From, DateTimeOffset To)
{
    /// <param name="duty">The post and the steps of its shifts.</param>
    /// <param name="seesWorkers">Whether who stands there is told.</param>
    /// <param name="own">The codes of the workers who are whoever asks.</param>
    public PostResponse Of(PostDuty duty, bool seesWorkers, IReadOnlySet<string> own)
    {
        var (post, plan) = (duty.Post, Plan.ForGrid(duty.Post.Grid));
        var edition = plan.WorkAt(At).Duty;
        var cover = DutyRules.Evaluate(post.Kind, duty.Steps, plan, At);
        return new PostResponse(
            post.Code,
            post.Name,
            post.Kind,
            WordsResponse.Of(edition.Kind(post.Kind).Name),
            post.Grid,
            post.Checkpoint,
            post.Lon,
            post.Lat,
            seesWorkers ? post.Leader : null,
            new CoverResponse(
                cover.State.Name(),
                cover.Since,
                cover.Wanted,
                cover.Present.Count,
                cover.Reason is { } reason ? System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(reason.ToString()) : null,
                cover.ChiefFrom,
                cover.ShortHandover,
                cover.Next,
                WordsResponse.Of(DutyWords.Say(cover, plan, At, seesWorkers))
            ),
            [.. DutyRules.Gaps(post.Kind, duty.Steps, plan, At).Select(gap => new GapResponse(gap.From, gap.To, gap.IsAhead))],
            seesWorkers
                ?
                [
                    .. Shift
                        .At(duty.Steps, At, edition.StaysAfterEnd)
                        .Where(shift => shift.From < To && shift.To > From)
                        .Select(shift => new ShiftResponse(
                            shift.Id,
                            shift.Worker,
                            shift.From,
                            shift.To,
                            shift.IsCancelled,
                            own.Contains(shift.Worker),
                            [.. shift.Presences.Select(one => new PresenceResponse(one.Worker, one.From, one.To, one.IsOpen))]
                        )),
                ]
                : null
        );
    }
}
