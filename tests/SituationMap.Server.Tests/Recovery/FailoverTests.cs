using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Shouldly;
using SituationMap.Core;
using SituationMap.Server.Tests.Http;
using SituationMap.Store;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Recovery;

/// <summary>Over a PostgreSQL of its own, whose place another one takes, or whose connections others take.</summary>
public sealed class FailoverTests(PostgisCluster cluster)
{
    private const string Household = "H-01-0001";

    [Theory]
    [InlineData("")]
    [InlineData(";Target Session Attributes=primary")]
    public async Task A_running_server_goes_on_with_the_standby_that_is_promoted_and_nothing_it_took_is_lost(string target)
    {
        await using var primary = await OwnPostgres.StartAsync();
        await using var standby = await primary.StartStandbyAsync();
        // the standby first: whoever takes whichever answers would end there
        var way = $"Host=127.0.0.1:{standby.Port},127.0.0.1:{primary.Port};Username={OwnPostgres.Owner};Database=situation{target}";
        await using var server = await StartAsync(way);
        await UntilReadyAsync(server, HttpStatusCode.OK);
        (await PostAsync(server)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var facts = await primary.ReadAsync<long>("SELECT count(*) FROM fact");

        await primary.CrashAsync();
        (await UntilReadyAsync(server, HttpStatusCode.ServiceUnavailable)).ShouldContain("for the database");
        await RefusalTests.ShouldBePassingAsync(await PostAsync(server), "database");
        (await AskAsync(server, "healthz/ready?for=read")).Status.ShouldBe(HttpStatusCode.OK);

        await standby.PromoteAsync();
        await UntilReadyAsync(server, HttpStatusCode.OK, seconds: 15);
        (await PostAsync(server)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await standby.ReadAsync<long>("SELECT count(*) FROM fact")).ShouldBe(facts + 1);
        await DemoServer.WaitAsync(async () => await standby.ReadAsync<long>("SELECT count(*) FROM dirty_household") == 0);
    }

    [Fact]
    public async Task A_server_whose_database_has_no_connections_left_says_so_until_there_are_some()
    {
        await using var postgres = await OwnPostgres.StartAsync("max_connections=40");
        await using var server = await StartAsync(
            $"Host=127.0.0.1;Port={postgres.Port};Username={OwnPostgres.Owner};Database=situation;Maximum Pool Size=16"
        );
        await UntilReadyAsync(server, HttpStatusCode.OK);

        await using (var others = await TakeAllAsync(postgres))
        {
            // its own go on being used
            (await PostAsync(server)).StatusCode.ShouldBe(HttpStatusCode.Accepted);

            const string Said = "for the database has no connections left: raise its max_connections or close others";
            // as often as the server is quicker to take one again
            await DemoServer.WaitAsync(
                async () =>
                {
                    await postgres.ExecuteAsync(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'SituationMap'",
                        "postgres"
                    );
                    await others.TakeMoreAsync();
                    return await AskAsync(server, "healthz/ready") is (HttpStatusCode.ServiceUnavailable, var body)
                        && body.Contains(Said, StringComparison.Ordinal);
                },
                seconds: 30
            );
            await RefusalTests.ShouldBePassingAsync(await PostAsync(server), "no connections left");
        }
        await UntilReadyAsync(server, HttpStatusCode.OK);
        (await PostAsync(server)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task A_server_that_finds_no_connection_left_when_it_starts_says_in_one_sentence_what_to_do()
    {
        await using var postgres = await OwnPostgres.StartAsync("max_connections=40");
        await using var others = await TakeAllAsync(postgres);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([
                new(
                    "ConnectionStrings:SituationMap",
                    $"Host=127.0.0.1;Port={postgres.Port};Username={OwnPostgres.Owner};Database=situation;Maximum Pool Size=16"
                ),
            ])
            .Build();

        var refused = await Should.ThrowAsync<StartupException>(() =>
            PostgisStore.OpenAsync(
                configuration,
                new SituationMapOptions(),
                mayInstall: false,
                new ImmediateProgress<string>(_ => { }),
                CancellationToken.None,
                asOwner: false
            )
        );

        refused.Message.ShouldBe(
            "The database at 127.0.0.1 cannot be used, for the database has no connections left: "
                + "raise its max_connections or close others."
        );
    }

    private static async Task<OtherConnections> TakeAllAsync(OwnPostgres postgres)
    {
        var others = new OtherConnections(postgres);
        await others.TakeMoreAsync();
        return others;
    }

    private async Task<TestServer> StartAsync(string way) =>
        await TestServer.StartAsync(
            cluster,
            ("ConnectionStrings:SituationMap", way),
            ("ConnectionStrings:SituationMapOwner", ""),
            ("SituationMap:Demo", "true")
        );

    private static Task<HttpResponseMessage> PostAsync(TestServer server) =>
        server.Client.PostAsync(
            new Uri("api/facts", UriKind.Relative),
            new StringContent(DemoServer.Returned(Household).ToJsonString(), Encoding.UTF8, "application/json")
        );

    /// <summary>Within five seconds and what a busy machine takes.</summary>
    private static async Task<string> UntilReadyAsync(TestServer server, HttpStatusCode status, int seconds = 10)
    {
        var body = "";
        await DemoServer.WaitAsync(
            async () =>
            {
                (var found, body) = await AskAsync(server, "healthz/ready");
                return found == status;
            },
            seconds
        );
        return body;
    }

    private static async Task<(HttpStatusCode Status, string Body)> AskAsync(TestServer server, string path)
    {
        using var answer = await server.Client.GetAsync(new Uri(path, UriKind.Relative));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>What another program holds, for as long as it is not disposed.</summary>
    private sealed class OtherConnections(OwnPostgres postgres) : IAsyncDisposable
    {
        private readonly List<NpgsqlConnection> _open = [];

        /// <summary>Until PostgreSQL gives no more.</summary>
        public async Task TakeMoreAsync()
        {
            while (true)
            {
                var connection = new NpgsqlConnection(
                    $"Host=127.0.0.1;Port={postgres.Port};Username={OwnPostgres.Owner};Database=postgres;Pooling=false"
                );
                try
                {
                    await connection.OpenAsync();
                    _open.Add(connection);
                }
                catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
                {
                    await connection.DisposeAsync();
                    return;
                }
            }
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var connection in _open)
                await connection.DisposeAsync();
        }
    }
}
