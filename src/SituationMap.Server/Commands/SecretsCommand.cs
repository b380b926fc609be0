using System.CommandLine;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Persons;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Commands;

/// <summary>The verb <c>secrets</c>: the keys that are kept outside the database.</summary>
internal static class SecretsCommand
{
    /// <param name="invoke">Gives what the verb is run with.</param>
    public static Command Create(Func<ParseResult, Invocation> invoke)
    {
        var make = new Command(
            "make",
            "Make the deployment's key and that of persons where there are none: once for each database, before its first server. Back them up apart from the database."
        );
        make.SetAction((parsed, _) => CommandLine.GuardAsync(() => Task.FromResult(Make(invoke(parsed)))));
        var rotate = new Command(
            "rotate",
            "Encrypt what is known of persons with a new key, beside running servers; broken off, the next run goes on. Backups from before need the file of keys from before."
        );
        rotate.SetAction((parsed, cancellationToken) => CommandLine.GuardAsync(() => RotateAsync(invoke(parsed), cancellationToken)));
        return new Command("secrets", "The keys that are kept outside the database.") { make, rotate };
    }

    private static int Make(Invocation invocation)
    {
        Make(SituationMapOptions.Read(invocation.CreateBuilder().Configuration));
        return 0;
    }

    /// <summary>Makes those that are missing.</summary>
    public static void Make(SituationMapOptions options)
    {
        DeploymentKey.Open(options, mayMake: true);
        var keys = PersonKeys.Read(PersonKeys.PathOf(options));
        if (keys.Current == 0)
            keys.WithNext();
        Console.WriteLine(
            $"The keys are in {DeploymentKey.PathOf(options)} and {keys.Path}. Back them up apart from the database: without them the audit record cannot be checked, and nothing of persons can be read."
        );
    }

    private static async Task<int> RotateAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var configuration = invocation.CreateBuilder().Configuration;
        var options = SituationMapOptions.Read(configuration);
        await using var store = await ConsoleProgress.WhileAsync(progress =>
            PostgisStore.OpenAsync(configuration, options, invocation.MayInstall, progress, cancellationToken)
        );
        var (generation, rows) = await new PersonKeyRotation(store.DataSource, PersonKeys.PathOf(options)).RunAsync(
            progress: null,
            cancellationToken
        );
        Console.WriteLine(
            string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{rows:N0} rows are encrypted with key {generation}; those before are gone from the file."
            )
        );
        return 0;
    }
}
