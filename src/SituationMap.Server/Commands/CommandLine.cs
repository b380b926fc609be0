using System.CommandLine;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using SituationMap.Store;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Commands;

/// <summary>What a verb is run with.</summary>
/// <param name="Settings">The command line's part for the configuration.</param>
/// <param name="MayInstall">Whether missing packages may be installed.</param>
internal sealed record Invocation(string[] Settings, bool MayInstall)
{
    /// <summary>The web application's builder; its configuration is also that of the verbs that do not serve.</summary>
    public WebApplicationBuilder CreateBuilder() =>
        WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = Settings,
                // settings and pages lie beside the program, wherever it is started from
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
}

/// <summary>The verbs. Without one, the server serves.</summary>
internal static class CommandLine
{
    private static readonly TimeSpan StoppingMayTake = TimeSpan.FromMinutes(2);

    /// <summary>Runs the verb that the arguments name and gives the exit code: 0, or 1 with the reason on the error stream.</summary>
    /// <param name="serve">Serves until it is cancelled.</param>
    public static async Task<int> RunAsync(string[] args, Func<Invocation, CancellationToken, Task> serve)
    {
        var arguments = Arguments.Split(args);
        var noInstall = new Option<bool>("--no-install")
        {
            Description = "Do not install missing packages; say which command would.",
            Recursive = true,
        };

        Task<int> Serve(ParseResult verb, CancellationToken cancellationToken) =>
            GuardAsync(async () =>
            {
                await serve(Invoke(verb), cancellationToken);
                return 0;
            });
        Invocation Invoke(ParseResult verb) => new(arguments.Configuration, !verb.GetValue(noInstall));

        var serveVerb = new Command("serve", "Serve the map and its API (what happens without a verb, too).");
        serveVerb.SetAction(Serve);
        var doctorVerb = new Command("doctor", "Tell what this machine has, what is missing, and the command that mends it.");
        doctorVerb.SetAction((verb, cancellationToken) => GuardAsync(() => Doctor.RunAsync(Invoke(verb), cancellationToken)));

        var root = new RootCommand(
            """
            SituationMap: a live map of households, risk zones and checkpoints.

            Settings are standard .NET configuration, such as --urls http://0.0.0.0:8080, --SituationMap:DataFolder=/srv/situationmap,
            --ConnectionStrings:SituationMap="Host=…;Database=…;Username=…;Password=…", or the same in the
            environment (SituationMap__DataFolder).
            """
        )
        {
            noInstall,
            serveVerb,
            DemoCommand.Create(Invoke),
            RecomputeCommand.Create(Invoke),
            ImportCommand.Create(Invoke),
            ExportCommand.Create(Invoke),
            ProtocolsCommand.Create(Invoke),
            SecretsCommand.Create(Invoke),
            PrepareCommand.Create(Invoke),
            AuditCommand.Create(Invoke),
            RunningServer.CreateOpen(Invoke),
            doctorVerb,
        };
        foreach (var verb in UsersCommand.Create(Invoke).Concat(BackupCommand.Create(Invoke)))
            root.Add(verb);
        root.SetAction(Serve);

        // closing the terminal stops the server like Ctrl+C does
        using var closed = new CancellationTokenSource();
        using var hangUp = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
            {
                signal.Cancel = true;
                closed.Cancel();
            });
        var parsed = root.Parse(arguments.Verb, new ParserConfiguration { ResponseFileTokenReplacer = null });
        // what is wrong is lost below a page of help
        if (parsed.Action is ParseErrorAction error)
            error.ShowHelp = false;
        return await parsed.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StoppingMayTake },
            closed.Token
        );
    }

    /// <summary>Runs a verb; what a person can mend becomes a message and exit code 1.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> verb)
    {
        try
        {
            return await verb();
        }
        catch (StartupException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
        catch (Exception failure) when (StoreFailure.Describe(failure) is { } why)
        {
            await Console.Error.WriteLineAsync($"The store cannot be used, for {why}.");
            return 1;
        }
        catch (IOException failure) when (failure.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{failure.Message} Choose another address with --urls http://localhost:5001");
            return 1;
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C before the server was up
            return 130;
        }
    }
}
