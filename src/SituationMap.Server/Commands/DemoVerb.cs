using System.CommandLine;
using SituationMap.Server.Database;
using SituationMap.Server.Demo;
using SituationMap.Server.Demo.City;
using SituationMap.Server.Protocols;

namespace SituationMap.Server.Commands;

/// <summary>The verb <c>demo</c>: fills an empty store with the demo community, or with a city of any size.</summary>
internal static class DemoVerb
{
    public static Command Create(Func<ParseResult, Invocation> invoke)
    {
        var city = new Option<int?>("--city")
        {
            Description = "A made-up city of so many households instead of the demo community. Follow it with recompute.",
            HelpName = "households",
        };
        city.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < CityPlan.FewestHouseholds or > CityPlan.MostHouseholds)
                result.AddError($"--city takes from {CityPlan.FewestHouseholds:N0} to {CityPlan.MostHouseholds:N0} households.");
        });
        var seed = new Option<int>("--seed") { Description = "Another number, another city; the same number, the same city.", DefaultValueFactory = _ => 1 };
        var reset = new Option<bool>("--reset") { Description = "Remove everything that is in the store first." };
        var verb = new Command("demo", "Fill an empty store with the demo community or a made-up city.") { city, seed, reset };
        verb.SetAction((parsed, cancellationToken) => CommandLine.GuardAsync(() => RunAsync(
            invoke(parsed), parsed.GetValue(city), parsed.GetValue(seed), parsed.GetValue(reset), cancellationToken)));
        return verb;
    }

    private static async Task<int> RunAsync(Invocation invocation, int? city, int seed, bool reset, CancellationToken cancellationToken)
    {
        var configuration = invocation.CreateBuilder().Configuration;
        var options = SituationMapOptions.Read(configuration);
        var protocols = ProtocolCatalog.Load(Path.Combine(AppContext.BaseDirectory, "data"), options);
        return await ConsoleProgress.WhileAsync(async progress =>
        {
            await using var store = await Store.OpenAsync(configuration, options, invocation.MayInstall, progress, cancellationToken, reset);
            if (!await store.IsEmptyAsync(cancellationToken))
                throw new StartupException("The store is not empty. --reset removes everything that is in it first, for good.");
            var now = TimeProvider.System.GetUtcNow();
            if (city is { } households)
                await CityLoader.LoadAsync(store.DataSource, new CityPlan(households, seed, now), progress, cancellationToken);
            else
                await DemoCommunity.LoadAsync(store.DataSource, protocols.Plan, now, progress, cancellationToken);
            progress.Report(city is null ? "The demo community is loaded." : "The city is loaded. Its statuses are worked out by: recompute");
            return 0;
        });
    }
}
