namespace SituationMap.Store.Statuses;

/// <summary>
/// Answers about the present, shared by all who ask the same. One that took long is used again for twenty times as long as it took, so that
/// a question never takes more than a twentieth of the machine however many ask it. For as long again it is what they get while the
/// next one is made, so that a map which is looked at all the time waits for none.
/// </summary>
/// <param name="isLong">What takes less is not used again.</param>
internal sealed class SharedAnswers<T>(TimeProvider clock, TimeSpan isLong = default)
{
    private const int UsedAgainFor = 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (Task<Answer>? Last, Task<Answer> Next)> _present = [];

    /// <param name="question">What tells it from others.</param>
    /// <param name="make">Makes an answer of the present; it ends with the server, not with whoever asked first.</param>
    public async Task<T> AskAsync(string question, Func<Task<T>> make, CancellationToken cancellation)
    {
        Task<Answer> answer;
        lock (_lock)
        {
            var (last, next) = _present.GetValueOrDefault(question);
            if (next is null || !IsUsable(next, UsedAgainFor))
                _present[question] = (last, next) = (next, Task.Run(() => AnswerAsync(make)));
            answer = last is not null && !next.IsCompletedSuccessfully && IsUsable(last, 2 * UsedAgainFor) ? last : next;
        }
        return (await answer.WaitAsync(cancellation)).Found;
    }

    private async Task<Answer> AnswerAsync(Func<Task<T>> make)
    {
        var started = clock.GetTimestamp();
        var found = await make();
        var ended = clock.GetTimestamp();
        return new Answer(found, ended, clock.GetElapsedTime(started, ended));
    }

    /// <summary>Whether it is still being made, or has ended no longer ago than so many times what it took.</summary>
    private bool IsUsable(Task<Answer> answer, int times) =>
        !answer.IsCompleted
        || (
            answer.IsCompletedSuccessfully
            && answer.Result.Took >= isLong
            && clock.GetElapsedTime(answer.Result.Ended) <= answer.Result.Took * times
        );

    private sealed record Answer(T Found, long Ended, TimeSpan Took);
}
