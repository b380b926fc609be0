using System.IO.Compression;
using System.Net;
using System.Text.Json.Nodes;
using Shouldly;

namespace SituationMap.Web.Tests;

[Collection(ViewerTests.Name)]
public sealed class StyleTests(Viewer viewer)
{
    [Theory]
    [InlineData("light", "default", "zh-CN", "疫情态势图", "#A50026")]
    [InlineData("dark", "default", "en", "Situation map", "#E3507E")]
    [InlineData("light", "classic", "en", "Situation map", "#C8171E")]
    public async Task Is_composed_for_the_theme_palette_and_language(
        string theme,
        string palette,
        string language,
        string name,
        string quarantined
    )
    {
        var style = await GetAsync($"/styles/situation.json?theme={theme}&palette={palette}&lang={language}");

        style["version"]!.GetValue<int>().ShouldBe(8);
        style["name"]!.GetValue<string>().ShouldBe(name);
        var text = style.ToJsonString();
        text.ShouldContain(quarantined);
        text.ShouldNotContain("\"$");
        text.ShouldNotContain("{origin}");
        text.ShouldNotContain("{theme}");
    }

    [Fact]
    public async Task Names_only_what_this_server_has()
    {
        var style = await GetAsync("/styles/situation.json?theme=dark");

        var sprite = style["sprite"]!.GetValue<string>();
        foreach (var file in (string[])[".json", ".png", "@2x.json", "@2x.png"])
            (await viewer.Server.Client.GetAsync(new Uri(sprite + file))).StatusCode.ShouldBe(HttpStatusCode.OK, file);
        var tiles = style["sources"]!["situation"]!["tiles"]![0]!.GetValue<string>();
        var tile = tiles.Replace("{z}/{x}/{y}", "14/13837/6175", StringComparison.Ordinal);
        (await viewer.Server.Client.GetAsync(new Uri(tile))).IsSuccessStatusCode.ShouldBeTrue(tile);
    }

    [Theory]
    [InlineData("theme=blue", "theme")]
    [InlineData("palette=loud", "palette")]
    [InlineData("lang=fr", "lang")]
    public async Task Refuses_what_it_does_not_have(string query, string field)
    {
        var response = await viewer.Server.Client.GetAsync(new Uri($"/styles/situation.json?{query}", UriKind.Relative));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ReadAsync(response))["field"]!.GetValue<string>().ShouldBe(field);
    }

    [Fact]
    public async Task The_page_allows_nothing_inline_and_its_assets_are_kept()
    {
        var page = await viewer.Server.Client.GetAsync(new Uri("/", UriKind.Relative));
        page.Headers.CacheControl!.NoCache.ShouldBeTrue();
        var policy = page.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldNotContain("unsafe");

        var html = await page.Content.ReadAsStringAsync();
        var script = html.Split('"')
            .First(part => part.StartsWith("./assets/", StringComparison.Ordinal) && part.EndsWith(".js", StringComparison.Ordinal));
        var asset = await viewer.Server.Client.GetAsync(new Uri(script, UriKind.Relative));
        asset.Headers.CacheControl!.ToString().ShouldContain("immutable");
    }

    [Fact]
    public void The_viewer_without_the_map_library_is_at_most_500_KB_packed()
    {
        var own = LoadedBy("index.html")
            .Where(file =>
                Path.GetExtension(file) is ".js" or ".mjs" or ".css"
                && !Path.GetFileName(file).StartsWith("maplibre", StringComparison.Ordinal)
            )
            .ToArray();
        own.Count(file => file.EndsWith(".js", StringComparison.Ordinal)).ShouldBeGreaterThan(10);

        own.Sum(Packed).ShouldBeLessThanOrEqualTo(500_000);

        // all that a page loads, at once or later: what it names, and what that names
        static HashSet<string> LoadedBy(string page)
        {
            var dist = Path.Combine(WebFolder.Path, "dist");
            var all = Directory.GetFiles(Path.Combine(dist, "assets"));
            var (loaded, left) = (new HashSet<string>(StringComparer.Ordinal), new Stack<string>([Path.Combine(dist, page)]));
            while (left.TryPop(out var file))
            {
                var text = File.ReadAllText(file);
                foreach (var named in all.Where(one => text.Contains(Path.GetFileName(one), StringComparison.Ordinal)))
                    if (loaded.Add(named))
                        left.Push(named);
            }
            return loaded;
        }

        static long Packed(string file)
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            {
                gzip.Write(File.ReadAllBytes(file));
            }
            return packed.Length;
        }
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        var response = await viewer.Server.Client.GetAsync(new Uri(path, UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await ReadAsync(response);
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
}
