using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Tests.Hosting;

public sealed class SupervisorTests(PostgisCluster cluster)
{
    [Fact]
    public async Task A_service_that_keeps_failing_is_named_by_readiness_counted_and_goes_on_when_it_can()
    {
        await using var server = await TestServer.StartAsync(cluster);
        var supervisor = server.Services.GetRequiredService<Supervisor>();
        using var stop = new CancellationTokenSource();
        var (fails, rounds) = (true, 0);
        var kept = supervisor.KeepAsync(
            "counting sheep",
            _ =>
                Interlocked.Increment(ref rounds) > 0 && Volatile.Read(ref fails)
                    ? throw new InvalidOperationException("the wolf came")
                    : Task.CompletedTask,
            supervisor.Every(TimeSpan.FromMilliseconds(20)),
            stop.Token
        );

        string body = "";
        await DemoServer.WaitAsync(async () => (body = await ReadyAsync(HttpStatusCode.ServiceUnavailable)) != "");
        body.ShouldBe("not ready: counting sheep keeps failing (the server's log says why)");
        rounds.ShouldBeInRange(3, 10, "it pauses longer each time");
        await server.LogsAsync("counting sheep", "3 in a row");
        (await server.Client.GetStringAsync(new Uri("metrics", UriKind.Relative)))
            .Split('\n')
            .ShouldContain(line =>
                line.StartsWith("situationmap_service_down{", StringComparison.Ordinal)
                && line.Contains("counting sheep", StringComparison.Ordinal)
                && line.Contains(" 1", StringComparison.Ordinal)
            );
        (await server.Client.GetAsync(new Uri("healthz/ready?for=read", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);

        Volatile.Write(ref fails, false);
        await DemoServer.WaitAsync(async () => await ReadyAsync(HttpStatusCode.OK) == "ready");
        var before = Volatile.Read(ref rounds);
        await DemoServer.WaitAsync(() => Task.FromResult(Volatile.Read(ref rounds) > before + 2));
        await stop.CancelAsync();
        await kept;

        async Task<string> ReadyAsync(HttpStatusCode status)
        {
            using var answer = await server.Client.GetAsync(new Uri("healthz/ready", UriKind.Relative));
            return answer.StatusCode == status ? await answer.Content.ReadAsStringAsync() : "";
        }
    }

    [Fact]
    public async Task Subscriptions_that_fail_alone_are_a_warning_and_a_metric_and_no_reason_to_send_facts_elsewhere()
    {
        await using var server = await TestServer.StartAsync(cluster);
        await server.Database.ExecuteAsync("ALTER TABLE subscription RENAME TO subscription_gone");

        var said = "";
        await DemoServer.WaitAsync(async () =>
        {
            using var ready = await server.Client.GetAsync(new Uri("healthz/ready", UriKind.Relative));
            said = await ready.Content.ReadAsStringAsync();
            ready.StatusCode.ShouldBe(HttpStatusCode.OK, said);
            return said.Contains("warning: sending to subscriptions keeps failing", StringComparison.Ordinal);
        });

        said.ShouldContain("(the server's log says why)");
        DownServices(server).ShouldBe(["sending to subscriptions"]);
    }

    /// <summary>As the metric has it of this server; the page of all metrics is that of the process, which has many here.</summary>
    private static List<string> DownServices(TestServer server)
    {
        var down = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Name == "situationmap.service.down" && instrument.Meter.Scope == server.Services.GetService<IMeterFactory>())
                listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>(
            (_, isDown, tags, _) =>
            {
                if (isDown == 1)
                    down.Add((string)tags[0].Value!);
            }
        );
        listener.Start();
        listener.RecordObservableInstruments();
        return down;
    }

    [Fact]
    public async Task Every_service_of_ours_is_kept_going_by_the_same_one_and_no_failure_of_any_stops_the_server()
    {
        await using var server = await TestServer.StartAsync(cluster);
        var services = server
            .Services.GetServices<IHostedService>()
            .Select(service => service.GetType())
            .Where(type => type.Namespace!.StartsWith("SituationMap.", StringComparison.Ordinal))
            .ToArray();

        services.Length.ShouldBeGreaterThan(6);
        foreach (var type in services)
            type.GetConstructors()
                .Single()
                .GetParameters()
                .Select(parameter => parameter.ParameterType)
                .ShouldContain(typeof(Supervisor), type.Name);
        server
            .Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<HostOptions>>()
            .Value.BackgroundServiceExceptionBehavior.ShouldBe(BackgroundServiceExceptionBehavior.Ignore);
    }

    [Fast]
    [Fact]
    public void What_fails_again_and_again_is_left_alone_for_longer_each_time_and_no_longer_than_the_longest()
    {
        TimeSpan After(int failures) => Backoff.After(failures, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));

        (After(1), After(2), After(3), After(7), After(int.MaxValue)).ShouldBe(
            (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60))
        );
    }
}
