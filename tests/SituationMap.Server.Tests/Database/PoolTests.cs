using Microsoft.Extensions.Configuration;
using Shouldly;
using SituationMap.Core;
using SituationMap.Store;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Database;

public sealed class PoolTests(PostgisCluster cluster)
{
    [Theory]
    [InlineData(100_000, "max_connections")]
    [InlineData(ConnectionShares.Fewest - 1, "at least 16")]
    public async Task One_that_PostgreSQL_or_the_server_has_no_use_for_is_refused_at_the_start_in_one_sentence(int pool, string said)
    {
        await using var database = await cluster.CreateDatabaseAsync();

        var refused = await Should.ThrowAsync<StartupException>(() => OpenAsync($"{database.ConnectionString};Maximum Pool Size={pool}"));

        refused.Message.ShouldContain("Maximum Pool Size in ConnectionStrings:SituationMap");
        refused.Message.ShouldContain(said);
        refused.Message.Split(". ").Length.ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_says_how_large_and_it_fits_a_PostgreSQL_as_it_comes()
    {
        await using var database = await cluster.CreateDatabaseAsync();

        await using var store = await OpenAsync(database.ConnectionString);

        // 100, of which 3 are kept
        (store.Connections + ConnectionShares.Jobs).ShouldBeLessThanOrEqualTo(97);
    }

    [Theory]
    [InlineData(ConnectionShares.Fewest)]
    [InlineData(ConnectionShares.Usual)]
    [InlineData(1_000)]
    public void Shares_leave_the_server_its_own_connections(int pool)
    {
        var shares = ConnectionShares.Of(pool);

        int[] each = [shares.Intake, shares.SignIn, shares.Past, shares.Exports, shares.Rest];
        each.ShouldAllBe(share => share >= 1);
        each.Sum().ShouldBeLessThanOrEqualTo(pool - 10);
    }

    private static Task<PostgisStore> OpenAsync(string connectionString)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("ConnectionStrings:SituationMap", connectionString)])
            .Build();
        return PostgisStore.OpenAsync(
            configuration,
            new SituationMapOptions(),
            mayInstall: false,
            new ImmediateProgress<string>(_ => { }),
            CancellationToken.None,
            asOwner: false
        );
    }
}
