using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Core.Protocols;
using SituationMap.Server.Statuses;
using SituationMap.Store.Households;

namespace SituationMap.Server.Residents;

/// <summary>What the page of a household shows, in words.</summary>
/// <param name="Words">Those of its language.</param>
/// <param name="Address">With what is on the door.</param>
/// <param name="Look">The name of the status, or unvisited: the page's colour.</param>
/// <param name="Status">The status as the edition calls it.</param>
/// <param name="Until">Until when; null: nothing ends by itself.</param>
/// <param name="Because">Why, a sentence each.</param>
/// <param name="Due">What is to be done, a sentence each; what is late first.</param>
/// <param name="Contact">Whom to turn to; null: nobody is named.</param>
/// <param name="Requests">Its objections and needs, each with what became of it.</param>
/// <param name="Reports">What it may report, by the names of the kinds.</param>
/// <param name="Members">The codes of its members, who are called by their numbers.</param>
/// <param name="NextId">The id of what is reported next: sent twice it is one.</param>
public sealed record ResidentView(
    ResidentWords Words,
    string Address,
    string Look,
    string Status,
    string? Until,
    IReadOnlyList<string> Because,
    IReadOnlyList<string> Due,
    string? Contact,
    IReadOnlyList<string> Requests,
    IReadOnlyList<string> Reports,
    IReadOnlyList<string> Members,
    string AsOf,
    Guid NextId
)
{
    /// <summary>What was typed last, where it was not received.</summary>
    public IReadOnlyDictionary<string, string> Typed { get; init; } = new Dictionary<string, string>();

    /// <summary>Why it was not received; null: nothing was wrong.</summary>
    public string? Wrong { get; init; }

    /// <summary>Whether something was just received.</summary>
    public bool IsSent { get; init; }

    private const string Unvisited = "unvisited";
    private static readonly FactKind[] AskedFor = [FactKind.Objection, FactKind.Need];

    internal static ResidentView Of(
        StatusResponse status,
        HouseholdEvidence evidence,
        HouseholdResponse household,
        ProtocolPlan plan,
        ResidentWords words
    )
    {
        var (work, now) = (plan.WorkAt(status.AsOf), status.AsOf);
        var edition = plan.EditionAt(now);
        var isHealthy = status.Status == Core.Status.Healthy.Name();
        var members = evidence.Members.OrderBy(member => member.Key).Select(member => member.Value).ToArray();
        return new ResidentView(
            words,
            household.Label.Length == 0 ? household.Address : $"{household.Address} {household.Label}",
            isHealthy && !status.Surveyed ? Unvisited : status.Status,
            In(edition.StatusNames[(int)StatusNames.Find(status.Status)!.Value]),
            status.Until is { } until ? In(plan.Until(until, now))
                : isHealthy ? null
                : words["open"],
            [.. status.Because.Select(reason => reason.Words.In(words.Language)).Distinct(StringComparer.Ordinal)],
            [.. status.Overdue.Concat(status.Due).Select(item => item.Words.In(words.Language)).Distinct(StringComparer.Ordinal)],
            work.Contact is { } contact ? In(contact) : null,
            [.. AskedFor.SelectMany(kind => Request.Of(evidence.Input.Facts, kind, now)).Select(Say)],
            [.. work.SelfReports.Where(kind => kind != FactKind.Temperature || members.Length > 0).Select(FactReader.Name)],
            members,
            words.Say("asOf", In(plan.Time(now, now))),
            Guid.CreateVersion7()
        );

        string In(LocalText text) => text.In(words.Language);

        string Say(Request request)
        {
            var asked = In(plan.Time(request.Fact.At, now));
            if (request.Fact.Kind == FactKind.Need)
                return words.Say($"need.{request.Outcome ?? "open"}", asked, words[$"need.what.{request.Field("what")}"]);
            var said = words.Say(
                $"objection.{request.Outcome ?? "open"}",
                asked,
                request.Answer is { } answer ? In(plan.Time(answer.At, now)) : ""
            );
            return request.Legal is { } legal ? $"{said} {words.Say("objection.legal", legal)}" : said;
        }
    }
}
