using Microsoft.Playwright;

namespace SituationMap.Web.Tests;

/// <summary>What is asked of every page.</summary>
internal static class Pages
{
    /// <summary>What axe finds that keeps somebody out.</summary>
    public static async Task<string[]> ViolationsAsync(this IPage page)
    {
        await page.EvaluateAsync(
            await File.ReadAllTextAsync(
                Path.Combine(WebFolder.Path, "node_modules", "axe-core", "axe.min.js"),
                TestContext.Current.CancellationToken
            )
        );
        return await page.EvaluateAsync<string[]>(
            "() => axe.run().then(result => result.violations.map(one => `${one.id}: ${one.nodes.map(node => node.target + ' ' "
                + "+ node.failureSummary).join('; ')}`))"
        );
    }

    /// <summary>Waits until the first element with that selector shows the text.</summary>
    public static Task ShowsAsync(this IPage page, string selector, string text) =>
        Assertions.Expect(page.Locator(selector).First).ToContainTextAsync(text);
}
