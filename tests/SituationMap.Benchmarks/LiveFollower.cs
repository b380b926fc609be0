using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace SituationMap.Benchmarks;

/// <summary>A client that keeps what it was told and is cut off again and again.</summary>
internal sealed class LiveFollower(HttpClient http, long last, int seed)
{
    private readonly Random _random = new(seed);
    private long _last = last;

    public Dictionary<string, string> Statuses { get; } = [];

    public int Resumed { get; private set; }

    public int OutOfOrder { get; private set; }

    public int Reloads { get; private set; }

    public async Task FollowAsync(Func<bool> isOver, CancellationToken cancellation)
    {
        while (!isOver())
        {
            using var cut = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            cut.CancelAfter(TimeSpan.FromMilliseconds(_random.Next(100, 6_000)));
            await ListenAsync(long.MaxValue, cut.Token);
            cancellation.ThrowIfCancellationRequested();
            Resumed++;
        }
    }

    public Task CatchUpAsync(long upTo, CancellationToken cancellation) =>
        _last >= upTo ? Task.CompletedTask : ListenAsync(upTo, cancellation);

    private async Task ListenAsync(long upTo, CancellationToken cut)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "api/live");
            request.Headers.Add("Last-Event-ID", _last.ToString(CultureInfo.InvariantCulture));
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cut);
            response.EnsureSuccessStatusCode();
            await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(cut)).EnumerateAsync(cut))
            {
                if (item.EventType == "reload")
                    Reloads++;
                if (item.EventType == "status")
                    TakeIn(item.Data);
                if (item.EventType is not "tiles")
                    continue;
                var id = long.Parse(item.EventId!, CultureInfo.InvariantCulture);
                if (id <= _last)
                    OutOfOrder++;
                _last = id;
                if (id >= upTo)
                    return;
            }
        }
        catch (Exception ended)
            when (cut.IsCancellationRequested && ended is OperationCanceledException or IOException or HttpRequestException)
        {
            // cut off, as it should be
        }
    }

    private void TakeIn(string data)
    {
        using var message = JsonDocument.Parse(data);
        foreach (var household in message.RootElement.GetProperty("households").EnumerateArray())
            Statuses[household.GetProperty("household").GetString()!] = household.GetProperty("status").GetString()!;
    }
}
