using SituationMap.Server.Commands;

return await CommandLine.RunAsync(args, static async (invocation, cancellationToken) =>
{
    var builder = invocation.CreateBuilder();
    await using var store = await builder.AddStoreAsync(invocation, cancellationToken);

    await using var app = builder.Build();
    app.TellWhereTheMapIs();

    await app.RunAsync(cancellationToken);
});

/// <summary>The server; named so that tests can start it.</summary>
public partial class Program;
