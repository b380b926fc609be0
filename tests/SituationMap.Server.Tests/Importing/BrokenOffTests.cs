using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Shouldly;
using SituationMap.Store.Imports;

namespace SituationMap.Server.Tests.Importing;

/// <summary>Imports, uploads and streams of reports that are broken off in the middle: nothing of them is half written.</summary>
public sealed class BrokenOffTests(PostgisCluster cluster)
{
    private const int Rows = 3_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_import_that_is_cancelled_leaves_the_store_as_it_was()
    {
        await using var store = await ImportStore.MakeAsync(cluster);
        var before = await store.ChecksumAsync(withCounters: false);
        var file = store.PathOf("many.csv");
        await File.WriteAllTextAsync(file, ImportStore.Buildings(Rows), Cancellation);
        // while rows are copied over the wire, before they are compared, before they are written, and before what was written is told
        foreach (var (step, done) in ((string, double)[])[("reading", 0.2), ("checking", 0.6), ("writing", 0.7), ("writing", 0.9)])
        {
            using var stop = new CancellationTokenSource();
            var isReached = false;
            await Should.ThrowAsync<OperationCanceledException>(() =>
                store.ImportAsync(
                    "buildings",
                    file,
                    progress: new Watch(progress =>
                    {
                        if (progress.Step != step || progress.Share < done)
                            return;
                        isReached = true;
                        stop.Cancel();
                    }),
                    cancellation: stop.Token
                )
            );
            isReached.ShouldBeTrue(step);
            (await store.ChecksumAsync(withCounters: false)).ShouldBe(before, $"{step} {done}");
            (
                await store.Database.ReadAsync<long>(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
                )
            ).ShouldBe(0, $"{step} {done}");
        }

        (await store.ImportAsync("buildings", file)).Added.ShouldBe(Rows);
    }

    [Fact]
    public async Task An_upload_whose_sender_goes_away_leaves_nothing()
    {
        await using var server = await TestServer.StartAsync(cluster);
        var mark = $"M{Guid.NewGuid():N}";
        var begun =
            "--cut\r\nContent-Disposition: form-data; name=\"as\"\r\n\r\nbuildings\r\n--cut\r\nContent-Disposition: form-data; "
            + $"name=\"file\"; filename=\"rows.csv\"\r\n\r\n{mark}\n{ImportStore.Buildings(Rows)}";
        using (var sender = await SendAsync(server, "api/imports", "multipart/form-data; boundary=cut", begun))
        {
            await DemoServer.WaitAsync(() => Task.FromResult(IsOnDisk(mark)));
            CutOff(sender);
        }
        await DemoServer.WaitAsync(() => Task.FromResult(!IsOnDisk(mark)));
        (await server.Database.ReadAsync<long>("SELECT count(*) FROM building")).ShouldBe(0);
    }

    [Fact]
    public async Task Of_a_stream_of_reports_that_is_cut_off_whole_batches_are_stored_and_the_repeat_brings_the_rest()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var before = await demo.Database.ReadAsync<long>("SELECT count(*) FROM fact");
        var lines = string.Join('\n', Enumerable.Range(0, 1_500).Select(_ => DemoServer.Returned("H-01-0001").ToJsonString()));
        using (var sender = await SendAsync(demo.Server, "api/facts", "application/x-ndjson", lines[..^40]))
        {
            await DemoServer.WaitAsync(async () => await demo.Database.ReadAsync<long>("SELECT count(*) FROM fact") == before + 1_000);
            CutOff(sender);
        }

        using var again = await demo.PostFactsAsync(lines, "application/x-ndjson");
        var report = JsonSerializer.Deserialize<JsonElement>(await again.Content.ReadAsStringAsync(Cancellation));
        (
            report.GetProperty("accepted").GetInt32(),
            report.GetProperty("duplicate").GetInt32(),
            report.GetProperty("rejected").GetInt32()
        ).ShouldBe((500, 1_000, 0));
        (await demo.Database.ReadAsync<long>("SELECT count(*) FROM fact")).ShouldBe(before + 1_500);
        await demo.WaitUntilSettledAsync();
    }

    /// <summary>Sends a part of a longer body and leaves the connection open.</summary>
    private static async Task<Socket> SendAsync(TestServer server, string path, string type, string body)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        await socket.ConnectAsync(server.Address.Host, server.Address.Port, Cancellation);
        var bytes = Encoding.UTF8.GetBytes(body);
        await SendAllAsync(
            socket,
            Encoding.ASCII.GetBytes(
                $"POST /{path} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nAuthorization: "
                    + $"{server.Client.DefaultRequestHeaders.Authorization}\r\nContent-Type: {type}\r\nContent-Length: "
                    + $"{bytes.Length + 1_000}\r\n\r\n"
            )
        );
        await SendAllAsync(socket, bytes);
        return socket;
    }

    private static async Task SendAllAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes, Cancellation)..];
    }

    /// <summary>As when the cable is pulled: the connection is reset.</summary>
    private static void CutOff(Socket socket) => socket.Close();

    /// <summary>Whether the folder of an upload holds a file that begins with these words.</summary>
    private static bool IsOnDisk(string mark) =>
        Directory
            .EnumerateDirectories(Path.GetTempPath(), "situationmap-import-*")
            .Any(folder =>
            {
                try
                {
                    return Directory.EnumerateFiles(folder).Any(file => File.ReadLines(file).FirstOrDefault() == mark);
                }
                catch (IOException) // another's, which is just going away
                {
                    return false;
                }
            });

    private sealed class Watch(Action<ImportProgress> see) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => see(value);
    }
}
