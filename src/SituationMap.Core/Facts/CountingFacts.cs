using SituationMap.Core.Calendar;

namespace SituationMap.Core.Facts;

/// <summary>The facts that count at an instant: those whose time has come, without those that were retracted.</summary>
internal sealed class CountingFacts
{
    private uint _kinds;

    private CountingFacts(int capacity) => Facts = new List<Fact>(capacity);

    public List<Fact> Facts { get; }

    public bool Surveyed { get; private set; }

    /// <summary>When the next fact's time comes, in UTC ticks.</summary>
    public long Next { get; private set; } = LocalDays.Never;

    public static CountingFacts At(long at, IReadOnlyList<Fact> reported)
    {
        var counting = new CountingFacts(reported.Count);
        var retracted = Retractions.Of(reported);
        for (var i = 0; i < reported.Count; i++)
        {
            var fact = reported[i];
            // what a retraction does is done already, and for all times
            if (fact.Kind == FactKind.Retraction || retracted?.Contains(fact.Id) == true)
                continue;
            if (fact.At.UtcTicks > at)
            {
                counting.Next = Math.Min(counting.Next, fact.At.UtcTicks);
                continue;
            }
            counting.Facts.Add(fact);
            counting._kinds |= 1u << (int)fact.Kind;
            counting.Surveyed |= FactSchema.IsSurvey(fact);
        }
        return counting;
    }

    public bool Any(FactKind kind) => (_kinds & (1u << (int)kind)) != 0;
}
