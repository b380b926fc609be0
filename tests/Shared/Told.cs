namespace SituationMap.Testing;

/// <summary>Who is told of the progress of a set-up.</summary>
internal sealed class Told(Action<string> tell) : IProgress<string>
{
    public static Told Nobody { get; } = new(_ => { });

    /// <summary>For what takes minutes on a bare machine.</summary>
    public static Told OnConsole { get; } = new(Console.WriteLine);

    public void Report(string value) => tell(value);
}
