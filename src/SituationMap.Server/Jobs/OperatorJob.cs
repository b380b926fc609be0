namespace SituationMap.Server.Jobs;

/// <summary>How a job went that did not fail.</summary>
/// <param name="IsGood">Whether it found everything as it should be.</param>
/// <param name="Summary">What it did or found, a sentence, without anything personal.</param>
internal readonly record struct JobResult(bool IsGood, string Summary);

/// <summary>
/// Work that an operator looks at, starts and cancels. It runs once in the whole cluster at a time; broken off at any moment, the next run
/// does what this one has not.
/// </summary>
internal interface IOperatorJob
{
    string Name { get; }

    string Description { get; }

    /// <summary>What it does, in words that go before "keeps failing".</summary>
    string Activity { get; }

    JobSchedule Schedule { get; }

    /// <param name="done">Told the share that is done, from 0 to 1, where it can be told.</param>
    Task<JobResult> RunAsync(IProgress<double> done, CancellationToken cancellation);
}

/// <summary>When a job is due, and in whose line it waits.</summary>
/// <param name="Cron">By the clock of the place.</param>
/// <param name="Queue">Each server works on a few of one line at a time, so that what is long keeps nothing short waiting.</param>
/// <param name="CatchesUp">Whether it runs late where no server ran when it was due.</param>
internal sealed record JobSchedule(string Cron, string Queue, bool CatchesUp = true)
{
    /// <summary>For what only an operator begins: the 31st of February.</summary>
    public const string Never = "0 0 31 2 *";

    /// <summary>Jobs that are done in seconds.</summary>
    public const string Short = "short";

    /// <summary>Jobs that take minutes; each server works on one of them.</summary>
    public const string Long = "long";

    /// <summary>Due so often that a failed run is not tried again before the next.</summary>
    public bool IsOften { get; init; }
}
