using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Imports;
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
        var jobs = server.Services.GetRequiredService<ImportJob>();
        var order = new ImportOrder(ImportCollection.Find("grids")!, null, null, [], false, false, false, false, "a test");
        var folder = new ImportFolder();
        await folder.AddAsync("rows.csv", new MemoryStream("code,name\nC-1,one\n"u8.ToArray()), CancellationToken.None);
        var failing = (await runs.AddAsync(folder, order, default))!;
        var next = (await runs.AddAsync(new ImportFolder(), order, default))!;
        // a collection that no endpoint takes
        await server.Database.ExecuteAsync("UPDATE import_run SET what = jsonb_set(what, '{as}', '\"sheep\"') WHERE id = $1", failing.Id);

        await jobs.RunAsync(failing.Id, default);
        await jobs.RunAsync(next.Id, default);

        (await runs.FindAsync(next.Id, default))!.State.ShouldBe("refused");
        var failed = (await runs.FindAsync(failing.Id, default))!;
        failed.State.ShouldBe("failed");
        failed.Fault!.Field.ShouldBe("file");
        failed.Fault.Expected.ShouldContain("nothing was written");
        (await server.Client.GetAsync(new Uri("healthz/live", UriKind.Relative))).IsSuccessStatusCode.ShouldBeTrue();
    }
}
