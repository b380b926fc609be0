using SituationMap.Core;
using Spectre.Console;

namespace SituationMap.Server.Commands;

/// <summary>Tells on the console what is being done: with a spinner on a terminal, else line by line.</summary>
internal static class ConsoleProgress
{
    /// <summary>Does something that may take a while, told step by step. Lines that begin with a space are details.</summary>
    public static async Task<T> WhileAsync<T>(Func<IProgress<string>, Task<T>> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
            return await work(new ImmediateProgress<string>(Console.WriteLine));

        return await AnsiConsole
            .Status()
            .StartAsync("Starting", status => work(
                    new ImmediateProgress<string>(line =>
                    {
                        if (!line.StartsWith(' '))
                            AnsiConsole.MarkupLineInterpolated($"[grey]{line}[/]");
                        status.Status(Markup.Escape(line.Trim()));
                    })
                ));
    }

    /// <summary>Does something that tells the share that is done, from 0 to 1: with a bar on a terminal, else in lines of ten per
    /// cent.</summary>
    public static async Task<T> WithBarAsync<T>(string what, Func<IProgress<double>, Task<T>> work)
    {
        if (AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected)
            return await AnsiConsole
                .Progress()
                .StartAsync(bars =>
                {
                    var bar = bars.AddTask(Markup.Escape(what), maxValue: 1);
                    return work(new ImmediateProgress<double>(done => bar.Value = done));
                });

        var reported = 0;
        return await work(
            new ImmediateProgress<double>(done =>
            {
                var tenths = (int)(done * 10);
                // workers tell at the same time
                if (Interlocked.Exchange(ref reported, tenths) < tenths)
                    Console.WriteLine($"{what}: {tenths * 10} %");
            })
        );
    }
}
