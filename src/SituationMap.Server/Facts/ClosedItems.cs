using SituationMap.Core.Facts;
using SituationMap.Server.Access;
using SituationMap.Server.Statuses;
using SituationMap.Store.Access;
using SituationMap.Store.Protocols;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Facts;

/// <summary>Tells those who report what their facts have done of what was to be done.</summary>
internal sealed class ClosedItems(ClosedWork closed, ProtocolCatalog protocols)
{
    /// <summary>As many facts does one request ask it of.</summary>
    public const int MaxFacts = 500;

    /// <summary>Adds to the outcomes of what is stored, now or before, what it closes, where the caller may read what is to be
    /// done.</summary>
    public async Task<IReadOnlyList<FactItemOutcome>> AddAsync(
        IReadOnlyList<FactItemOutcome> outcomes,
        HttpContext context,
        CancellationToken cancellation
    )
    {
        var stored = outcomes.Where(outcome => outcome.Outcome != FactOutcome.Rejected).Select(outcome => outcome.Id!.Value).ToHashSet();
        var found = await closed.ByAsync(stored, cancellation);
        return
        [
            .. outcomes.Select(outcome =>
                outcome.Outcome != FactOutcome.Rejected
                && found.TryGetValue(outcome.Id!.Value, out var by)
                && context.Caller()?.ScopeOf(Right.See)?.CoversPath(by.Grid.Replace('-', '.')) == true
                    ? outcome with
                    {
                        Closes = Items(by, context),
                    }
                    : outcome
            ),
        ];
    }

    private ClosedItem[] Items(ClosedByFact by, HttpContext context)
    {
        var members = context.MaySeeMembers(by.Grid) ? by.Members : null;
        var plan = protocols.Plan.ForGrid(by.Grid);
        return
        [
            .. by
                .Items.Select(item => WorkEndpoint.Response(by.Household, item, members, plan, by.At, by.Members))
                .Select(item => new ClosedItem(item.Id, item.What, item.Rule, item.Person)),
        ];
    }
}
