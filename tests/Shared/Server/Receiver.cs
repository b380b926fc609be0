using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SituationMap.Testing;

/// <summary>Another system that takes webhooks; down until it is started.</summary>
internal sealed class Receiver(int port) : IAsyncDisposable
{
    private WebApplication? _app;

    public string Url => $"http://127.0.0.1:{port}/hook";

    /// <summary>What it answers; from the event's name.</summary>
    public Func<string, int> Answer { get; set; } = _ => 204;

    /// <summary>What it has taken, in the order in which it came.</summary>
    public ConcurrentQueue<Received> Taken { get; } = new();

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/hook", async (HttpContext context) =>
        {
            using var body = new StreamReader(context.Request.Body);
            var text = await body.ReadToEndAsync();
            var id = context.Request.Headers["webhook-id"].ToString();
            var answer = Answer(id);
            if (answer < 300)
                Taken.Enqueue(
                    new Received(
                        id,
                        context.Request.Headers["webhook-timestamp"].ToString(),
                        context.Request.Headers["webhook-signature"].ToString(),
                        text
                    )
                );
            return Results.StatusCode(answer);
        });
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
    }

    public sealed record Received(string Id, string Timestamp, string Signature, string Body)
    {
        public JsonElement Json { get; } = JsonSerializer.Deserialize<JsonElement>(Body);
    }
}
