using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SituationMap.Testing;

/// <summary>What came of many requests.</summary>
public sealed class FuzzReport
{
    /// <summary>What must not have been, each with the request that found it.</summary>
    public IList<string> Faults { get; } = [];

    /// <summary>Answers by status.</summary>
    public IDictionary<int, int> Statuses { get; } = new SortedDictionary<int, int>();

    /// <summary>Requests that were told to come back: 503 with Retry-After.</summary>
    public IList<string> SentAway { get; } = [];

    public (TimeSpan Time, string Request) Slowest { get; set; }

    public (long Bytes, string Request) Largest { get; set; }

    /// <summary>Streams that were cut off at the bound of bytes or of time: they have no end, or are files of the whole store.</summary>
    public int CutOff { get; set; }
}

/// <summary>
/// Asks everything that a server answers with what is right, nearly right and nonsense: never a fault of the server's, never slow, never
/// without bound, never a word of its inside. The same seed asks the same.
/// </summary>
public sealed partial class Fuzzer(HttpClient client, Uri server, int seed)
{
    /// <summary>The most bytes of an answer.</summary>
    public const int MaxBytes = 16 << 20;

    /// <summary>The longest that an answer takes.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    /// <summary>How long a stream that does not end is read.</summary>
    private static readonly TimeSpan ReadOfStream = TimeSpan.FromMilliseconds(200);

    private readonly Random _random = new(seed);

    /// <summary>What is asked: everything that the server describes, and what it answers beside.</summary>
    public IReadOnlyList<FuzzedOperation> Operations { get; private set; } = [];

    private FuzzedRequests _requests = null!;

    /// <summary>Learns what there is: the operations, and some codes that exist.</summary>
    public async Task ReadAsync(CancellationToken cancellation)
    {
        var description = JsonSerializer.Deserialize<JsonElement>(
            await client.GetStringAsync(new Uri(server, "openapi/v1.json"), cancellation)
        );
        Operations = [.. FuzzedOperation.Of(description), .. FuzzedOperation.Beside];
        var codes = new Dictionary<string, string[]>();
        foreach (var collection in FuzzedRequests.Collections)
        {
            var page = JsonSerializer.Deserialize<JsonElement>(
                await client.GetStringAsync(new Uri(server, $"ogc/collections/{collection}/items?limit=50"), cancellation)
            );
            codes[collection] =
            [
                .. page.GetProperty("features").EnumerateArray().Select(feature => feature.GetProperty("id").GetString()!),
            ];
        }
        _requests = new FuzzedRequests(_random, server, codes);
    }

    public async Task<FuzzReport> RunAsync(int requests, CancellationToken cancellation)
    {
        var report = new FuzzReport();
        for (var i = 0; i < requests; i++)
        {
            var operation = Operations[i % Operations.Count];
            using var request = _requests.Make(operation, out var description);
            try
            {
                await AskAsync(operation, request, description, report, cancellation);
            }
            catch (HttpRequestException failure)
            {
                report.Faults.Add($"{description}: no answer: {failure.Message} {failure.InnerException?.Message}");
            }
        }
        return report;
    }

    private async Task AskAsync(
        FuzzedOperation operation,
        HttpRequestMessage request,
        string description,
        FuzzReport report,
        CancellationToken cancellation
    )
    {
        var watch = Stopwatch.StartNew();
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        var taken = watch.Elapsed;
        var (status, body, wasCut) = ((int)response.StatusCode, new MemoryStream(), false);
        await using var content = await response.Content.ReadAsStreamAsync(cancellation);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (operation.IsStream && response.IsSuccessStatusCode)
            limit.CancelAfter(ReadOfStream);
        try
        {
            var buffer = new byte[64 << 10];
            int read;
            while ((read = await content.ReadAsync(buffer, limit.Token)) > 0)
            {
                body.Write(buffer, 0, read);
                if (body.Length > MaxBytes)
                {
                    wasCut = true;
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            wasCut = true;
        }
        if (!operation.IsStream)
            taken = watch.Elapsed;
        report.Statuses[status] = report.Statuses.TryGetValue(status, out var before) ? before + 1 : 1;
        report.CutOff += wasCut && operation.IsStream ? 1 : 0;
        if (taken > report.Slowest.Time)
            report.Slowest = (taken, description);
        if (body.Length > report.Largest.Bytes && !operation.IsStream)
            report.Largest = (body.Length, description);

        if (response.StatusCode == HttpStatusCode.ServiceUnavailable && response.Headers.RetryAfter is not null)
            report.SentAway.Add(description);
        else if (status >= 500)
            report.Faults.Add($"{description}: {status} {Begin(body)}");
        if (taken > Longest)
            report.Faults.Add($"{description}: took {taken.TotalSeconds:0.0} s");
        if (wasCut && !operation.IsStream)
            report.Faults.Add($"{description}: more than {MaxBytes} bytes");
        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        // a path with U+0000 and an address beyond 8 KB are refused before any of ours sees them
        var isRefusedBefore =
            body.Length == 0
            && (status is 414 or 431 || status == 400 && request.RequestUri!.AbsolutePath.Contains("%00", StringComparison.Ordinal));
        if (
            status >= 400
            && request.Method != HttpMethod.Head
            && !isRefusedBefore
            && !(type == "application/problem+json" && HasCode(body))
            && !(operation.IsPage && type == "text/html")
        )
            report.Faults.Add($"{description}: {status} with {type} in place of a problem with a code: {Begin(body)}");
        // of exceptions the metrics tell how many there were of each kind, to operators
        if (
            operation.Path != "/metrics"
            && (type.Contains("json", StringComparison.Ordinal) || type.StartsWith("text/", StringComparison.Ordinal))
            && Inside().Match(Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)body.Length)) is { Success: true } found
        )
            report.Faults.Add($"{description}: {status} tells of the inside: {found.Value}");
    }

    private static bool HasCode(MemoryStream body)
    {
        try
        {
            using var problem = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length));
            return problem.RootElement.TryGetProperty("code", out var code) && code.GetString()!.Length > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Begin(MemoryStream body) => Encoding.UTF8.GetString(body.GetBuffer(), 0, (int)Math.Min(body.Length, 300));

    /// <summary>Words of exceptions, of PostgreSQL and of SQL that no answer has.</summary>
    [GeneratedRegex(
        """Npgsql|[a-z]Exception\b|\.cs:line|\bSELECT\b.{0,200}\bFROM\b|\bSQLSTATE\b"""
            + """|\b(?:2[0-9]|4[02]|5[3-8]|XX)[0-9A-Z]{3}: (?!expected)"""
            + """|violates |syntax error at|(?:relation|column|function) "?[a-z_]+"? does not exist|stack trace""",
        RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 10_000
    )]
    private static partial Regex Inside();
}
