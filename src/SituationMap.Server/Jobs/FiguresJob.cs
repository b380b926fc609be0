using SituationMap.Server.Grids;

namespace SituationMap.Server.Jobs;

/// <summary>Makes the figures of a day when it begins, and not when somebody first asks.</summary>
internal sealed class FiguresJob(PublicFigures figures) : IOperatorJob
{
    public string Name => "figures";

    public string Description => "Makes the day's figures for everybody";

    public string Activity => "making the day's figures for everybody";

    public JobSchedule Schedule { get; } = new("5 0 * * *", JobSchedule.Short);

    public async Task<JobResult> RunAsync(IProgress<double> done, CancellationToken cancellation)
    {
        var today = await figures.TodayAsync(cancellation);
        return new JobResult(IsGood: true, $"the figures of {today.Rows.Count - 1} grids are there");
    }
}
