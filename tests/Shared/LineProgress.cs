namespace SituationMap.Testing;

/// <summary>Hands on what a set-up says of its progress, line by line and at once.</summary>
internal sealed class LineProgress(Action<string> tell) : IProgress<string>
{
    public static LineProgress Unseen { get; } = new(_ => { });

    /// <summary>For what takes minutes on a bare machine.</summary>
    public static LineProgress OnConsole { get; } = new(Console.WriteLine);

    public void Report(string value) => tell(value);
}
