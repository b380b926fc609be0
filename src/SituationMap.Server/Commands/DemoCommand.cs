using System.CommandLine;
using SituationMap.Core;
using SituationMap.Server.Demo.City;
using SituationMap.Server.Demo.Community;
using SituationMap.Server.Demo.Play;
using SituationMap.Store;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Persons;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Commands;

/// <summary>The verb <c>demo</c>: fills the store with the demo community or a made-up city, starts it over, or plays on against a running
/// server.</summary>
internal static class DemoCommand
{
    private const double DefaultPace = 1;

    /// <param name="invoke">Gives what the verb is run with.</param>
    public static Command Create(Func<ParseResult, Invocation> invoke)
    {
        var reset = new Option<bool>("--reset") { Description = "Remove everything from the store first. The server must not be running." };
        var yes = new Option<bool>("--yes") { Description = "With --reset: also where ConnectionStrings:SituationMap names the database." };
        var now = new Option<DateTimeOffset?>("--now")
        {
            Description =
                "When the thirty days of reports end, such as 2020-02-20T09:00+08:00; the same instant gives the same data. Default: now.",
        };
        var city = new Option<int?>("--city")
        {
            Description = "A made-up city of so many households instead; its statuses are worked out by recompute.",
        };
        var seed = new Option<int>("--seed") { Description = "With --city: another number, another city.", DefaultValueFactory = _ => 1 };
        var play = new Option<bool>("--play") { Description = "Go on reporting to the running server (at --urls) until Ctrl+C." };
        var pace = new Option<double?>("--pace") { Description = $"With --play: reports a second, {DefaultPace} where not given." };
        var command = new Command("demo", "Fill an empty store with the demo community or a made-up city, or play on with it.")
        {
            reset,
            yes,
            now,
            city,
            seed,
            play,
            pace,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(city) is not (null or >= CityPlan.FewestHouseholds and <= CityPlan.MaxHouseholds))
                result.AddError(
                    FormattableString.Invariant($"--city is from {CityPlan.FewestHouseholds:N0} to {CityPlan.MaxHouseholds:N0} households.")
                );
            if (result.GetValue(play) && (result.GetValue(reset) || result.GetValue(now) is not null))
                result.AddError(
                    "--play needs a running server, --reset and --now a stopped one: first demo --reset, then start the "
                        + "server, then demo --play."
                );
            if (result.GetValue(pace) is not (null or > 0 and <= 1000))
                result.AddError("--pace is above 0 and at most 1000.");
        });
        command.SetAction(
            (parsed, cancellationToken) =>
                CommandLine.GuardAsync(async () =>
                {
                    if (parsed.GetValue(play))
                        await PlayAsync(invoke(parsed), parsed.GetValue(pace) ?? DefaultPace, cancellationToken);
                    else
                        await LoadAsync(
                            invoke(parsed),
                            parsed.GetValue(reset),
                            parsed.GetValue(yes),
                            parsed.GetValue(now),
                            parsed.GetValue(city),
                            parsed.GetValue(seed),
                            cancellationToken
                        );
                    return 0;
                })
        );
        return command;
    }

    private static async Task LoadAsync(
        Invocation invocation,
        bool reset,
        bool isSure,
        DateTimeOffset? now,
        int? city,
        int seed,
        CancellationToken cancellationToken
    )
    {
        var configuration = invocation.CreateBuilder().Configuration;
        var options = SituationMapOptions.Read(configuration);
        var protocols = ProtocolCatalog.Load(Path.Combine(AppContext.BaseDirectory, "data"), options);
        // the embedded store is the demo's own; a database somebody names may hold what is real
        if (reset && !isSure && !string.IsNullOrWhiteSpace(configuration.GetConnectionString(Databases.ConnectionName)))
            throw new StartupException(
                "--reset would remove all SituationMap data from the database that ConnectionStrings:SituationMap names. If "
                    + "that is meant: demo --reset --yes"
            );

        await ConsoleProgress.WhileAsync(async progress =>
        {
            await using var store = await PostgisStore.OpenAsync(
                configuration,
                options,
                invocation.MayInstall,
                progress,
                cancellationToken,
                startOver: reset
            );
            if (reset)
                new AuditAnchor(store.DataSource, options).Forget();
            if (!await store.IsEmptyAsync(cancellationToken))
                throw new StartupException("The store is not empty; demo --reset removes what is in it first.");
            var end = now ?? TimeProvider.System.GetUtcNow();
            // before anything is loaded: without the keys there would be half a demo
            var vault = await PersonVault.OpenAsync(store, options, cancellationToken);
            if (city is { } households)
            {
                await CityLoader.LoadAsync(store.DataSource, new CityPlan(households, seed, end), progress, cancellationToken);
                return store;
            }
            await DemoCommunity.LoadAsync(store.DataSource, protocols.Plan, end, progress, cancellationToken);
            await DemoDetails.LoadAsync(store.DataSource, vault, cancellationToken);
            return store;
        });
        Console.WriteLine(city is null ? "The demo community is loaded." : "The city is loaded. Now work out its statuses: recompute");
    }

    private static async Task PlayAsync(Invocation invocation, double pace, CancellationToken cancellationToken)
    {
        using var server = new RunningServer(invocation).CreateClient();
        await DemoPlay.RunAsync(server, pace, TimeProvider.System, new ImmediateProgress<string>(Console.WriteLine), cancellationToken);
    }
}
