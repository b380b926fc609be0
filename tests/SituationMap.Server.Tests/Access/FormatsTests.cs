using System.Buffers;
using System.IO.Compression;
using System.Net;
using System.Text;
using Shouldly;
using SituationMap.Store.Exports;

namespace SituationMap.Server.Tests.Access;

/// <summary>Whatever form an answer has, it is of the own grid: each is searched for every household, building and person of
/// another.</summary>
public sealed class FormatsTests(LockedServer locked) : IClassFixture<LockedServer>
{
    private static readonly string[] Collections = ["grids", "buildings", "households", "checkpoints", "zones", "roads"];

    [Fact]
    public async Task Every_output_format_keeps_to_the_grid_of_whoever_asks()
    {
        await Programs.EnsureAsync("ogr2ogr", "gdal-bin");
        const string Codes =
            "SELECT code FROM household WHERE grid = text2ltree($1) UNION ALL SELECT code FROM building WHERE grid = "
            + "text2ltree($1) UNION ALL SELECT code FROM person WHERE grid = text2ltree($1)";
        var foreign = SearchValues.Create(
            [.. await locked.Database.ReadRowsAsync(Codes, row => row.GetString(0), LockedServer.Outside.Replace('-', '.'))],
            StringComparison.Ordinal
        );
        var own = SearchValues.Create(
            [.. await locked.Database.ReadRowsAsync(Codes, row => row.GetString(0), LockedServer.Inside.Replace('-', '.'))],
            StringComparison.Ordinal
        );
        using var reporter = await locked.WithKeyAsync("formats", "reporter", LockedServer.Inside);
        var requests = new List<(string Path, string? Accept, string? Body, string? Type)>();
        foreach (var name in ExportCollection.All.Select(one => one.Name))
            requests.AddRange(
                Exporter.MediaTypes.Keys.Select(format =>
                    ($"api/exports/{name}?format={format}&purpose=visit", (string?)null, (string?)null, (string?)null)
                )
            );
        foreach (var name in Collections)
            requests.AddRange(
                ((string[])["json", "html"]).Select(format =>
                    ($"ogc/collections/{name}/items?f={format}&limit=1000", (string?)null, (string?)null, (string?)null)
                )
            );
        foreach (var accept in (string[])["application/json", "application/x-ndjson", "text/csv"])
            requests.Add(("api/lookup", accept, """[{"lon":124.071,"lat":40.452},{"lon":124.073,"lat":40.455}]""", "application/json"));
        foreach (var of in (string[])["households", "buildings", "checkpoints"])
        {
            requests.Add(($"api/within?of={of}&bbox=124.0,40.4,124.2,40.5&limit=1000", null, null, null));
            requests.Add(($"api/nearest?of={of}&lon=124.071&lat=40.452&limit=50", null, null, null));
        }
        foreach (var layer in (string[])["situation", "buildings", "households", "work"])
            requests.AddRange(
                from x in Enumerable.Range(27674, 3)
                from y in Enumerable.Range(12350, 3)
                select ($"tiles/{layer}/15/{x}/{y}.mvt", (string?)null, (string?)null, (string?)null)
            );

        var (leaks, withOwn) = (new List<string>(), 0);
        foreach (var (path, accept, body, type) in requests)
        {
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(path, UriKind.Relative))
            {
                Content = body is null ? null : new StringContent(body, Encoding.UTF8, type!),
            };
            if (accept is not null)
                request.Headers.Accept.ParseAdd(accept);
            using var answer = await reporter.SendAsync(request);
            answer.StatusCode.ShouldBeOneOf([HttpStatusCode.OK, HttpStatusCode.NoContent], path);
            var text = TextOf(await answer.Content.ReadAsByteArrayAsync());
            if (text.AsSpan().IndexOfAny(foreign) is >= 0 and var at)
                leaks.Add($"{path} {accept}: {text.AsSpan(at, Math.Min(12, text.Length - at))}");
            withOwn += text.AsSpan().ContainsAny(own) ? 1 : 0;
        }

        leaks.ShouldBeEmpty();
        // they do tell of the own one
        withOwn.ShouldBeGreaterThan(25);
    }

    /// <summary>A spreadsheet is a zip file.</summary>
    private static string TextOf(byte[] bytes)
    {
        if (bytes is not [(byte)'P', (byte)'K', ..])
            return Encoding.UTF8.GetString(bytes);
        using var zip = new ZipArchive(new MemoryStream(bytes));
        return string.Concat(
            zip.Entries.Select(entry =>
            {
                using var reader = new StreamReader(entry.Open());
                return reader.ReadToEnd();
            })
        );
    }
}
