using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Access;

namespace SituationMap.Server.Tests.Access;

public sealed class TogglingTests(PostgisCluster cluster)
{
    private const int Toggles = 300;

    [Fact]
    public async Task Accounts_that_are_disabled_and_enabled_at_any_moment_are_read_as_they_were_at_one()
    {
        await using var locked = new LockedServer(cluster);
        await locked.InitializeAsync();
        using var bystander = await locked.SignInAsync("bystander", "viewer");
        using var key = await locked.WithKeyAsync("toggled", "viewer");
        var directory = locked.Server.Services.GetRequiredService<AccessDirectory>();
        using var done = new CancellationTokenSource();

        var readers = Enumerable
            .Range(0, 4)
            .Select(_ =>
                Task.Run(async () =>
                {
                    var reads = 0;
                    for (; !done.IsCancellationRequested; reads++)
                        await directory.ReloadAsync(CancellationToken.None);
                    return reads;
                })
            )
            .ToArray();
        var asking = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                using var answer = await bystander.GetAsync(new Uri("api/grids", UriKind.Relative));
                answer.IsSuccessStatusCode.ShouldBeTrue();
                using var other = await key.GetAsync(new Uri("api/grids", UriKind.Relative));
                ((int)other.StatusCode).ShouldBeLessThan(500);
            }
        });
        for (var toggle = 0; toggle < Toggles; toggle++)
            await locked.Database.ExecuteAsync("UPDATE account SET disabled = NOT disabled WHERE name = 'toggled'");
        await done.CancelAsync();

        (await Task.WhenAll(readers)).Sum().ShouldBeGreaterThan(Toggles);
        await asking;
    }
}
