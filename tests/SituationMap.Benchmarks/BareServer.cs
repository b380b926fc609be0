using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace SituationMap.Benchmarks;

/// <summary>The ceiling: a bare Kestrel that answers from a dictionary what another server answered once.</summary>
internal static class BareServer
{
    /// <param name="urls">Where it listens.</param>
    /// <param name="from">The server it copies.</param>
    /// <param name="file">The paths, one a line; what stands behind a tab is left away.</param>
    public static async Task RunAsync(string urls, Uri from, string file, CancellationToken cancellation)
    {
        var answers = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using (var client = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", ServerProcess.LocalToken) } })
        {
            foreach (var path in (await File.ReadAllLinesAsync(file, cancellation)).Select(line => line.Split('\t')[0]).Distinct())
                answers[path] = await client.GetByteArrayAsync(new Uri(from, path), cancellation);
        }
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(urls);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        await using var app = builder.Build();
        app.Run(async context =>
        {
            var query = context.Request.QueryString;
            if (
                !answers.TryGetValue(query.HasValue ? context.Request.Path.Value + query.Value : context.Request.Path.Value!, out var bytes)
            )
                return; // "are you there?"
            context.Response.ContentType = "application/vnd.mapbox-vector-tile";
            context.Response.ContentLength = bytes.Length;
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        });
        await app.StartAsync(cancellation);
        await app.WaitForShutdownAsync(cancellation);
    }
}
