using Microsoft.Playwright;
using Shouldly;

namespace SituationMap.Web.Tests;

/// <summary>Drafts have an address, look as what they are, and tell of zones that have the same name.</summary>
[Collection(ViewerTests.Name)]
public sealed class ZoneLinkTests(Viewer viewer)
{
    [Fact]
    public async Task A_draft_is_opened_by_its_link_for_whoever_may_see_it_and_the_others_are_told_why_not()
    {
        await using var server = await TestServer.StartAsync(viewer.Database, ("SituationMap:LocalMode", "false"));
        await DraftedAsync("Z-SENT", "Sent by link", 124.21);
        await using var planner = await viewer.SignedInAsync(server, "feng", "planner");
        await planner.Page.GetByRole(AriaRole.Button, new() { Name = "Zones", Exact = true }).ClickAsync();
        await planner.Page.Locator("#zones .row", new() { HasText = "Sent by link" }).ClickAsync();
        await planner.Page.GetByRole(AriaRole.Button, new() { Name = "Copy the link to this draft" }).ClickAsync();
        await planner.ShowsAsync("#notice", "The link is copied");
        var link = new Uri(planner.Page.Url);
        link.Fragment.ShouldContain("draft=Z-SENT");
        await planner.Page.GetByRole(AriaRole.Button, new() { Name = "All zones" }).ClickAsync();
        await planner.Page.WaitForFunctionAsync("() => !location.hash.includes('draft')");

        await using var approver = await viewer.SignedInAsync(server, "chu", "approver", link.PathAndQuery + link.Fragment);
        await approver.ShowsAsync("#zones h2", "Sent by link");
        await approver.ShowsAsync("#zones .signing", "Drafted by han");
        await using var looker = await viewer.SignedInAsync(server, "wei", "viewer", link.PathAndQuery + link.Fragment);
        await looker.ShowsAsync("#notice", "may neither plan nor approve");
        await Assertions.Expect(looker.Page.Locator("#zones")).ToHaveCountAsync(0);

        // the same page follows a further link, and says when a draft is gone
        await viewer.Database.ExecuteAsync("DELETE FROM zone_draft WHERE zone = (SELECT id FROM zone WHERE code = 'Z-SENT')");
        await planner.Page.EvaluateAsync("() => { location.hash += '&draft=Z-SENT'; }");
        await planner.ShowsAsync("#notice", "no draft of this zone any more");
        await planner.Page.EvaluateAsync("() => { location.hash += '&draft=Z-NEVER'; }");
        await planner.ShowsAsync("#notice", "There is no zone of this code");
    }

    [Fact]
    public async Task What_is_planned_is_dotted_on_the_map_in_the_list_and_in_the_key_and_a_second_zone_of_a_name_is_told()
    {
        await using var page = await viewer.OpenAsync("/?lang=en");
        await DraftedAsync("Z-FIRST", "East gate", 124.22);
        await DraftedAsync("Z-SECOND", "east gate ", 124.23);
        await page.LookAtAsync(124.2205, 40.6005, 16);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Zones", Exact = true }).ClickAsync();
        await page.Page.Locator("#zones .row", new() { HasText = "East gate" }).First.WaitForAsync();
        await page.ShowsAsync("#zones .key", "not in force yet");
        await page.Page.WaitForFunctionAsync(
            "() => situationMap.map.queryRenderedFeatures({ layers: ['planning-pending-names'] }).some(({ properties }) => "
                + "properties.label === 'East gate\\nWaiting for approval')"
        );
        var border = await page
            .Page.Locator("#zones .row", new() { HasText = "East gate" })
            .First.Locator(".chip")
            .EvaluateAsync<string>("chip => getComputedStyle(chip).borderTopStyle");
        border.ShouldBe("dotted");
        await page.PictureAsync("pending");
        await page.Page.Locator("#zones .row", new() { HasText = "East gate" }).First.ClickAsync();
        await page.ShowsAsync("#zones .warning", "another zone of this name: Z-SECOND");
        await page.PictureAsync("namesake");

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "All zones" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Draw a zone" }).ClickAsync();
        var name = page.Page.Locator("#zone-name");
        await name.FillAsync("East gate");
        await name.BlurAsync();
        await page.ShowsAsync("#zones .form .warning", "Z-FIRST");
        (await name.GetAttributeAsync("aria-describedby"))!.ShouldContain("zone-namesakes");
        (await page.ViolationsAsync()).ShouldBeEmpty();
        await name.FillAsync("West gate");
        await name.BlurAsync();
        await Assertions.Expect(page.Page.Locator("#zones .form .warning")).ToHaveCountAsync(0);
    }

    /// <summary>A draft that waits for approval, far from all households.</summary>
    private Task DraftedAsync(string code, string name, double longitude) =>
        viewer.Database.ExecuteAsync(
            """
            WITH made AS (INSERT INTO zone (code) VALUES ($1) RETURNING id), draft AS (
              INSERT INTO zone_draft (zone, state, base, name, level, outline, authors, reason)
              SELECT id, 'submitted', 0, $2, 'high', ST_Multi(ST_MakeEnvelope($3, 40.6, $3 + 0.001, 40.601, 4326)), '{han}', 'A case'
              FROM made RETURNING zone, name, level, outline
            )
            INSERT INTO zone_step (zone, step, action, actor, reason, at, name, level, outline)
            SELECT zone, 1, 'drafted', 'han', 'A case', now(), name, level, outline FROM draft
            """,
            code,
            name,
            longitude
        );
}
