using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;

namespace SituationMap.Web.Tests;

/// <summary>What an approver decides can be taken back for ten seconds, and takes two where the edition says so.</summary>
[Collection(ViewerTests.Name)]
public sealed class ZoneDecisionTests(Viewer viewer)
{
    private static readonly Regex SecondsLeft = new(@"^in 1?\d s$", RegexOptions.None, TimeSpan.FromSeconds(1));

    [Fact]
    public async Task A_decision_is_taken_back_within_ten_seconds_or_takes_effect_though_its_page_is_closed()
    {
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        await PublishedAsync("Z-TAKEN", "Taken back");
        await using var approver = await viewer.SignedInAsync(server, "sun", "approver");
        await using var colleague = await viewer.SignedInAsync(server, "zhou", "approver");
        await EndAsync(approver);
        await approver.ShowsAsync("#decision", "sun decided on “Taken back”: ended");
        // the first of them may have passed before it is read
        await Assertions.Expect(approver.Page.Locator("#decision .seconds")).ToHaveTextAsync(SecondsLeft);
        await OpenAsync(colleague, "Taken back");
        await colleague.ShowsAsync("#decision", "sun decided");
        await approver.Page.GetByRole(AriaRole.Button, new() { Name = "Take it back" }).ClickAsync();
        await approver.ShowsAsync("#notice", "Nothing has changed");
        await Assertions.Expect(approver.Page.Locator("#decision")).ToHaveCountAsync(0);
        (await StepsAsync("Z-TAKEN")).ShouldBe("published decided taken-back");

        // whoever sees it is told, too
        await Assertions.Expect(colleague.Page.Locator("#notice")).ToContainTextAsync("It did not take effect");
        await colleague.Page.GetByRole(AriaRole.Button, new() { Name = "All zones" }).ClickAsync();

        // closed with the panel the bar stays; whoever else opens the zone sees it, too
        await EndAsync(approver, isOpen: true);
        await approver.ShowsAsync("#decision", "ended");
        await Assertions.Expect(approver.Page.GetByRole(AriaRole.Button, new() { Name = "End the zone" })).ToHaveCountAsync(0);
        await approver.PictureAsync("decision");
        (await approver.ViolationsAsync()).ShouldBeEmpty();
        await approver.Page.Locator("#zones > header button.close").ClickAsync();
        await Assertions.Expect(approver.Page.Locator("#decision")).ToBeVisibleAsync();
        await colleague.Page.Locator("#zones .row", new() { HasText = "Taken back" }).First.ClickAsync();
        await colleague.ShowsAsync("#decision", "sun decided");
        await approver.Page.CloseAsync();
        await Assertions.Expect(colleague.Page.Locator("#notice")).ToContainTextAsync("Done");
        await colleague.ShowsAsync("#zones .versions", "Version 2");
        (await StepsAsync("Z-TAKEN")).ShouldBe("published decided taken-back decided ended");

        static async Task EndAsync(ViewerPage page, bool isOpen = false)
        {
            if (!isOpen)
                await OpenAsync(page, "Taken back");
            await page.Page.Locator("#zone-step-reason").FillAsync("No new case");
            await page.Page.GetByRole(AriaRole.Button, new() { Name = "End the zone" }).ClickAsync();
        }
    }

    [Fact]
    public async Task Where_the_edition_wants_two_an_end_is_sent_for_approval_and_says_why()
    {
        using var folder = new TwoPersonFolder();
        await using var server = await TestServer.StartAsync(
            viewer.Database,
            ("SituationMap:LocalMode", "false"),
            ("SituationMap:Protocols", folder.Path)
        );
        await PublishedAsync("Z-TWO", "Takes two");
        await using var first = await viewer.SignedInAsync(server, "wu", "approver");
        await using var second = await viewer.SignedInAsync(server, "zheng", "approver");
        await second.HurryDecisionsAsync();
        await OpenAsync(first, "Takes two");
        await first.ShowsAsync("#zones .with-reason .hint", "wants a second person");
        await first.Page.Locator("#zone-step-reason").FillAsync("No new case");
        await first.PictureAsync("takes-two");
        await first.Page.GetByRole(AriaRole.Button, new() { Name = "Send for approval: end the zone" }).ClickAsync();
        await first.ShowsAsync("#zones .draft-state", "another person");
        await Assertions.Expect(first.Page.Locator("#decision")).ToHaveCountAsync(0);

        await OpenAsync(second, "Takes two");
        await second.ShowsAsync("#zones .differences", "End of the zone");
        await second.ShowsAsync("#zones .signing .impact", "Quarantined");
        await second.PictureAsync("ending");
        await second.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await second.Page.GetByRole(AriaRole.Button, new() { Name = "Approve now" }).ClickAsync();
        await second.ShowsAsync("#decision", "approved");
        await Assertions.Expect(second.Page.Locator("#zones .versions")).ToContainTextAsync("approved by zheng");
        (await StepsAsync("Z-TWO")).ShouldBe("published drafted submitted decided approved");
    }

    /// <summary>A zone in force far from all households.</summary>
    private Task PublishedAsync(string code, string name) =>
        viewer.Database.ExecuteAsync(
            """
            WITH made AS (INSERT INTO zone (code) VALUES ($1) RETURNING id), version AS (
              INSERT INTO zone_version (zone, version, name, level, outline, effective_from, author, reason, recorded_at)
              SELECT id, 1, $2, 'high', ST_Multi(ST_MakeEnvelope(124.2, 40.6, 124.201, 40.601, 4326)), now() - interval '1 day', 'chen',
                'A case', now() FROM made RETURNING zone
            )
            INSERT INTO zone_step (zone, step, action, actor, reason, at, version)
            SELECT zone, 1, 'published', 'chen', 'A case', now(), 1 FROM version
            """,
            code,
            name
        );

    private static async Task OpenAsync(ViewerPage page, string name)
    {
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Zones", Exact = true }).ClickAsync();
        await page.Page.Locator("#zones .row", new() { HasText = name }).First.ClickAsync();
        await page.ShowsAsync("#zones h2", name);
    }

    private Task<string> StepsAsync(string code) =>
        viewer.Database.ReadAsync<string>(
            $"SELECT string_agg(action, ' ' ORDER BY step) FROM zone_step s JOIN zone z ON z.id = s.zone WHERE z.code = '{code}'"
        );

    /// <summary>The protocols as deployed, but zones are lowered and ended by two persons.</summary>
    private sealed class TwoPersonFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("situationmap-protocols-").FullName;

        public TwoPersonFolder()
        {
            var from = System.IO.Path.Combine(WebFolder.Path, "..", "..", "data", "protocols");
            foreach (var file in Directory.GetFiles(from, "*.json", SearchOption.AllDirectories))
            {
                var to = System.IO.Path.Combine(Path, System.IO.Path.GetRelativePath(from, file));
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(to)!);
                File.WriteAllText(
                    to,
                    File.ReadAllText(file)
                        .Replace("\"zones\": {", "\"zones\": { \"secondPerson\": [\"lowering\", \"ending\"],", StringComparison.Ordinal)
                );
            }
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
