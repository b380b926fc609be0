using System.CommandLine;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Commands;

/// <summary>The verb <c>protocols check</c>: reads every plan and edition and names each fault, as the start of the server does.</summary>
internal static class ProtocolsCommand
{
    /// <param name="invoke">Gives what the verb is run with.</param>
    public static Command Create(Func<ParseResult, Invocation> invoke)
    {
        var check = new Command("check", "Check every plan and edition; tell each fault with its file and the location in it.");
        check.SetAction((parsed, _) => CommandLine.GuardAsync(() => Task.FromResult(Check(invoke(parsed)))));
        return new Command("protocols", "The protocol editions in data/protocols, or in SituationMap:Protocols.") { check };
    }

    private static int Check(Invocation invocation)
    {
        var options = SituationMapOptions.Read(invocation.CreateBuilder().Configuration);
        var catalog = ProtocolCatalog.Load(ProtocolCatalog.DataFolder, options);
        var files = ProtocolCatalog
            .FilesOf(ProtocolCatalog.DataFolder, options)
            .Keys.Count(name => !name.EndsWith(".schema.json", StringComparison.Ordinal));
        Console.WriteLine(
            $"{files} files are in order; in force now under the plan {catalog.Plan.Id}: "
                + $"{catalog.Plan.EditionAt(DateTimeOffset.UtcNow).Id}."
        );
        return 0;
    }
}
