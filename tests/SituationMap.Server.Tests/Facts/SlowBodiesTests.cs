using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Facts;

/// <summary>Senders that begin a report and do not come to its end.</summary>
public sealed class SlowBodiesTests(PostgisCluster cluster)
{
    [Fact]
    public async Task However_many_send_slowly_the_reports_of_the_others_are_taken()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        // two permits for facts, and eight may wait for them
        await using var server = await TestServer.StartAsync(
            database,
            ("ConnectionStrings:SituationMap", $"{database.ConnectionString};Maximum Pool Size=16")
        );
        var slow = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 30; i++)
                slow.Add(await BeginAsync(server));
            for (var i = 1; i <= 5; i++)
            {
                using var answer = await server.Client.PostAsJsonAsync(
                    new Uri("api/facts", UriKind.Relative),
                    DemoServer.Returned($"H-01-{i:0000}"),
                    new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token
                );
                answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
            }
        }
        finally
        {
            slow.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task A_body_that_does_not_come_to_its_end_is_refused_after_a_while()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var server = TestServer.Start(database, new HurriedClock());
        using var slow = await BeginAsync(server, DemoServer.Returned("H-01-0001").ToJsonString() + "\n");

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        var send = KeepSendingAsync(slow, limit.Token);
        while (!answer.ToString().Contains('}') && await slow.GetStream().ReadAsync(buffer, limit.Token) is > 0 and var read)
            answer.Append(Encoding.UTF8.GetString(buffer, 0, read));
        await limit.CancelAsync();
        await send;

        answer.ToString().ShouldStartWith("HTTP/1.1 408");
        var problem = answer.ToString()[answer.ToString().IndexOf('{', StringComparison.Ordinal)..];
        problem = problem[..(problem.LastIndexOf('}') + 1)];
        JsonSerializer.Deserialize<JsonElement>(problem).GetProperty("code").GetString().ShouldBe("body-too-slow");
        JsonSerializer.Deserialize<JsonElement>(problem).GetProperty("field").GetString().ShouldBe("body");
    }

    /// <summary>Sends the beginning of a stream of facts, of which more is announced than ever comes.</summary>
    private static async Task<TcpClient> BeginAsync(TestServer server, string begin = "{")
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port);
        await client
            .GetStream()
            .WriteAsync(
                Encoding.UTF8.GetBytes(
                    $"POST /api/facts HTTP/1.1\r\nHost: {server.Address.Authority}\r\n"
                        + $"Authorization: {server.Client.DefaultRequestHeaders.Authorization}\r\n"
                        + $"Content-Type: application/x-ndjson\r\nContent-Length: 1000000\r\n\r\n{begin}"
                )
            );
        return client;
    }

    /// <summary>Fast enough for those who count bytes, and never at an end.</summary>
    private static async Task KeepSendingAsync(TcpClient client, CancellationToken cancellation)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (await pause.WaitForNextTickAsync(cancellation))
                await client.GetStream().WriteAsync("                "u8.ToArray(), cancellation);
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            // it has its answer
        }
    }

    /// <summary>The machine's, but what it measures is over before long.</summary>
    private sealed class HurriedClock : TimeProvider
    {
        private const int Times = 300;

        public override long GetTimestamp() => base.GetTimestamp() * Times;
    }
}
