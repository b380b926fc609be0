namespace SituationMap.Core;

/// <summary>Unlike <see cref="Progress{T}"/> it tells at once and in order, on the thread that reports.</summary>
public sealed class ImmediateProgress<T>(Action<T> tell) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => tell(value);
}
