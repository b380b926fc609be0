using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Json;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.Playwright;
using Shouldly;

namespace SituationMap.Web.Tests;

/// <summary>What is taken out of the map for a briefing.</summary>
[Collection(ViewerTests.Name)]
public sealed class BriefingTests(Viewer viewer)
{
    private static readonly XNamespace Word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

    [Fact]
    public async Task The_briefing_has_the_map_and_the_same_numbers_as_the_server()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        await page.Page.Keyboard.PressAsync("p");

        var saved = await page.Page.RunAndWaitForDownloadAsync(() => ButtonAsync(page, "A briefing"));

        saved.SuggestedFilename.ShouldEndWith(".docx");
        using var file = ZipFile.OpenRead((await saved.PathAsync())!);
        file.Entries.Count(entry => entry.FullName.StartsWith("word/media/", StringComparison.Ordinal) && entry.Length > 10_000)
            .ShouldBe(1);
        using var text = file.GetEntry("word/document.xml")!.Open();
        var document = await XDocument.LoadAsync(text, LoadOptions.None, TestContext.Current.CancellationToken);
        var tables = document.Descendants(Word + "tbl").Select(Rows).ToList();
        var summary = await viewer.Server.Client.GetFromJsonAsync<JsonElement>(
            new Uri("/api/grids/210682-004/summary", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
        var children = summary.GetProperty("children").GetArrayLength();
        var counts = tables[0];
        counts.Count.ShouldBe(children + 3, "a head, a row per grid, their sum, and what 24 hours changed");
        var sums = counts[children + 1][1..].Select(Number).ToArray();
        foreach (var (column, sum) in sums.Index())
            counts.Skip(1).Take(children).Sum(row => Number(row[column + 1])).ShouldBe(sum);
        sums[..^1].Sum().ShouldBe(sums[^1], "each household has one status");
        sums[^1].ShouldBe(summary.GetProperty("households").GetInt32());
        // who has been quarantined longest, the longest first
        tables[^1].Count.ShouldBeInRange(1, 10);
        tables[^1].ShouldAllBe(row => row[1].StartsWith("since", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_map_is_a_file_where_the_browser_has_no_clipboard_for_pictures()
    {
        await using var page = await viewer.OpenAsync("/?lang=zh-CN");
        await page.Page.EvaluateAsync("() => { navigator.clipboard.write = () => Promise.reject(new Error('not here')); }");
        await page.Page.Keyboard.PressAsync("p");

        var saved = await page.Page.RunAndWaitForDownloadAsync(() => ButtonAsync(page, "地图图片"));

        await page.ShowsAsync("#print [role=status]", "已存为文件");
        var picture = await File.ReadAllBytesAsync((await saved.PathAsync())!, TestContext.Current.CancellationToken);
        var quarantined = await page.Page.EvaluateAsync<int>(
            """
            async ([data, colour]) => {
              const image = new Image();
              image.src = `data:image/png;base64,${data}`;
              await image.decode();
              const canvas = new OffscreenCanvas(image.width, image.height);
              const pen = canvas.getContext('2d');
              pen.drawImage(image, 0, 0);
              const { data: pixels } = pen.getImageData(0, 0, image.width, image.height);
              const wanted = parseInt(colour.slice(1), 16);
              let count = 0;
              for (let i = 0; i < pixels.length; i += 4)
                if (((pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2]) === wanted) count++;
              return count;
            }
            """,
            new[] { Convert.ToBase64String(picture), Palette.Of("quarantined") }
        );
        // the legend's chip has 484, the buildings have the rest
        quarantined.ShouldBeGreaterThan(1_000);
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await page.PictureAsync("print-dialog");
    }

    private static Task ButtonAsync(ViewerPage page, string words) =>
        page.Page.Locator("#print .buttons button", new PageLocatorOptions { HasText = words }).ClickAsync();

    private static List<string[]> Rows(XElement table) =>
        [
            .. table
                .Elements(Word + "tr")
                .Select(row =>
                    row.Elements(Word + "tc")
                        .Select(cell => string.Concat(cell.Descendants(Word + "t").Select(part => part.Value)))
                        .ToArray()
                ),
        ];

    private static int Number(string text) => int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
