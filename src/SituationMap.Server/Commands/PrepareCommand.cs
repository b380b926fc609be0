using System.CommandLine;
using Npgsql;
using SituationMap.Store;
using SituationMap.Store.Database;
using SituationMap.Store.Persons;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Commands;

/// <summary>The verb <c>prepare</c>: readies a database for servers that work as a role which owns nothing.</summary>
internal static class PrepareCommand
{
    /// <param name="invoke">Gives what the verb is run with.</param>
    public static Command Create(Func<ParseResult, Invocation> invoke)
    {
        var verb = new Command(
            "prepare",
            "As the owner (ConnectionStrings:SituationMapOwner): bring the schema up to date, make the role that "
                + "ConnectionStrings:SituationMap names, and, of a new database, the keys and the demo community."
        );
        verb.SetAction((parsed, cancellationToken) => CommandLine.GuardAsync(() => RunAsync(invoke(parsed), cancellationToken)));
        return verb;
    }

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var configuration = invocation.CreateBuilder().Configuration;
        var options = SituationMapOptions.Read(configuration);
        var (owner, served) = (
            configuration.GetConnectionString(Databases.OwnerConnectionName),
            configuration.GetConnectionString(Databases.ConnectionName)
        );
        if (string.IsNullOrWhiteSpace(owner) || string.IsNullOrWhiteSpace(served))
            throw new StartupException(
                "prepare needs ConnectionStrings:SituationMapOwner, of whoever may make schemas and roles, and "
                    + "ConnectionStrings:SituationMap, as which servers come in."
            );
        var api = new NpgsqlConnectionStringBuilder(served);
        if (
            string.IsNullOrEmpty(api.Username)
            || string.IsNullOrEmpty(api.Password)
            || api.Username == new NpgsqlConnectionStringBuilder(owner).Username
        )
            throw new StartupException("ConnectionStrings:SituationMap has to name a user of its own, with a password.");
        await ConsoleProgress.WhileAsync(async progress =>
        {
            await Migrator.MigrateAsync(owner, Migration.Embedded, progress, cancellationToken);
            try
            {
                await ApiRole.PrepareAsync(owner, api, cancellationToken);
            }
            catch (PostgresException failure)
            {
                throw new StartupException(
                    $"The role {api.Username} could not be made or given what it needs: {failure.MessageText}",
                    failure
                );
            }
            await using var store = await PostgisStore.OpenAsync(
                configuration,
                options,
                invocation.MayInstall,
                progress,
                cancellationToken
            );
            // keys that are lost are not made anew without being told
            if (!await PersonVault.HasKeyAsync(store.DataSource, cancellationToken))
                SecretsCommand.Make(options);
            await Serving.FillAsync(store, options, ProtocolCatalog.Load(ProtocolCatalog.DataFolder, options), progress, cancellationToken);
            return store;
        });
        Console.WriteLine($"The database is ready for servers that come in as {api.Username}.");
        return 0;
    }
}
