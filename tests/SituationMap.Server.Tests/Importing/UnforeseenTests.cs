using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Store.Files;
using SituationMap.Store.Imports;

namespace SituationMap.Server.Tests.Importing;

public sealed class UnforeseenTests(PostgisCluster cluster)
{
    [Fact]
    public async Task An_import_that_meets_what_nobody_foresaw_ends_as_failed_and_the_next_one_is_taken()
    {
        await using var server = await TestServer.StartAsync(cluster);
        var runs = server.Services.GetRequiredService<ImportRuns>();
        var folder = new ImportFolder();
        await folder.AddAsync("rows.csv", new MemoryStream("code,name\nC-1,one\n"u8.ToArray()), CancellationToken.None);
        // an order without a collection is what no endpoint makes
        var failing = runs.Add(folder, new ImportOrder(null!, null, null, [], false, false, false, false, "a test"))!;
        var next = runs.Add(
            new ImportFolder(),
            new ImportOrder(ImportCollection.Find("grids")!, null, null, [], false, false, false, false, "a test")
        )!;

        await DemoServer.WaitAsync(() => Task.FromResult(runs.Find(next.Id)!.State == "refused"));

        var failed = runs.Find(failing.Id)!;
        failed.State.ShouldBe("failed");
        failed.Fault!.Field.ShouldBe("file");
        failed.Fault.Expected.ShouldContain("nothing was written");
        (await server.Client.GetAsync(new Uri("healthz/live", UriKind.Relative))).IsSuccessStatusCode.ShouldBeTrue();
    }
}
