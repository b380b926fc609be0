using Spectre.Console;

namespace SituationMap.Server.Commands;

/// <summary>Tells on the console what is being done: with a spinner on a terminal, else line by line.</summary>
internal static class ConsoleProgress
{
    /// <summary>Does something that may take a while, told step by step. Lines that begin with a space are details.</summary>
    public static async Task<T> WhileAsync<T>(Func<IProgress<string>, Task<T>> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
            return await work(new Told(Console.WriteLine));

        return await AnsiConsole.Status().StartAsync("Starting", status => work(new Told(line =>
        {
            if (!line.StartsWith(' '))
                AnsiConsole.MarkupLineInterpolated($"[grey]{line}[/]");
            status.Status(Markup.Escape(line.Trim()));
        })));
    }

    /// <summary>Unlike <see cref="Progress{T}"/> it tells at once and in order.</summary>
    public sealed class Told(Action<string> tell) : IProgress<string>
    {
        public void Report(string value) => tell(value);
    }
}
