using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using SituationMap.Testing;

namespace SituationMap.Benchmarks;

/// <summary>Many files with something changed in each, of every format, to a server over a copy of the city: as outlines, imports that
/// change nothing, areas and base maps.</summary>
internal static class FuzzFilesBenchmark
{
    public static Task RunAsync(BenchmarkCity city, int files, int seed, CancellationToken cancellation) =>
        city.OverCopyAsync(
            async copy =>
            {
                await using var server = await ServerProcess.StartAsync(copy, [], cancellation);
                var folder = Directory.CreateTempSubdirectory("situationmap-fuzz-").FullName;
                try
                {
                    var fuzz = new FuzzedFiles(folder, seed);
                    await fuzz.MakeAsync();
                    var (watch, faults, outcomes) = (Stopwatch.StartNew(), new List<string>(), new SortedDictionary<string, int>());
                    for (var i = 0; i < files; i++)
                    {
                        // one in eight is read by GDAL's programs, which take some tenths of a second
                        var format =
                            i % 8 == 0 ? FuzzedFiles.Slow[i / 8 % FuzzedFiles.Slow.Count] : FuzzedFiles.Quick[i % FuzzedFiles.Quick.Count];
                        var file = await fuzz.NextAsync(format);
                        var (outcome, fault) = format is ".pmtiles" or ".mbtiles"
                            ? ("read", FuzzedFiles.Read(file))
                            : await SendAsync(server, file, i, cancellation);
                        outcomes[$"{format} {outcome}"] = outcomes.GetValueOrDefault($"{format} {outcome}") + 1;
                        if (fault is not null)
                            faults.Add($"{i} {format}: {fault}");
                    }
                    using var alive = await server.Client.GetAsync(new Uri(server.Address, "healthz/live"), cancellation);
                    Console.WriteLine(
                        $"{files:N0} files (seed {seed}) in {watch.Elapsed.TotalSeconds:N0} s: {faults.Count} faults (0 "
                            + $"allowed); the server afterwards: {alive.StatusCode}"
                    );
                    Console.WriteLine(string.Join(", ", outcomes.Select(outcome => $"{outcome.Key}: {outcome.Value:N0}")));
                    foreach (var fault in faults)
                        Console.WriteLine("  " + fault);
                }
                finally
                {
                    Directory.Delete(folder, recursive: true);
                }
            },
            cancellation
        );

    private static async Task<(string Outcome, string? Fault)> SendAsync(
        ServerProcess server,
        string file,
        int turn,
        CancellationToken cancellation
    )
    {
        var bytes = await File.ReadAllBytesAsync(file, cancellation);
        HttpContent content;
        string path;
        if (Path.GetExtension(file) is ".wkt" or ".wkb")
        {
            (path, content) = ("api/within?of=buildings", new StringContent(Encoding.UTF8.GetString(bytes), Encoding.UTF8, "text/plain"));
        }
        else
        {
            var form = new MultipartFormDataContent();
            if (turn % 3 == 0)
            {
                form.Add(new StringContent("buildings"), "as");
                form.Add(new StringContent("true"), "dryRun");
            }
            form.Add(
                new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } },
                "file",
                Path.GetFileName(file)
            );
            (path, content) = (turn % 3 == 0 ? "api/imports" : "api/zones/outlines", form);
        }
        using var sent = content;
        try
        {
            using var answer = await server.Client.PostAsync(new Uri(server.Address, path), sent, cancellation);
            var body = await answer.Content.ReadAsStringAsync(cancellation);
            var isProblem =
                answer.IsSuccessStatusCode
                || (
                    answer.StatusCode
                        is >= HttpStatusCode.BadRequest
                            and < HttpStatusCode.InternalServerError
                            or HttpStatusCode.ServiceUnavailable
                    && body.Contains("\"code\"", StringComparison.Ordinal)
                );
            return ($"{(int)answer.StatusCode}", isProblem ? null : $"{(int)answer.StatusCode} {body[..Math.Min(300, body.Length)]}");
        }
        catch (HttpRequestException lost)
        {
            return ("lost", lost.Message);
        }
    }
}
