using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

/// <summary>Who stands at posts: planned by drag and by keyboard, and told.</summary>
[Collection(ViewerTests.Name)]
public sealed class DutyTests(Viewer viewer)
{
    [Fact]
    public async Task A_shift_is_planned_by_drag_and_by_keyboard_taken_back_and_arrived_at()
    {
        await using var database = await viewer.NewDatabaseAsync();
        await using var server = await TestServer.StartAsync(database, ("SituationMap:Demo", "true"));
        await using var page = await viewer.OpenAsync("/?lang=en", server.Address);
        await page.Page.Keyboard.PressAsync("g");
        await page.ShowsAsync("#duty h2", "Duty at posts");
        var posts = page.Page.Locator("#duty .posts > li");
        await Expect(posts).ToHaveCountAsync(5);
        await Expect(posts.First.Locator(".cover")).ToContainTextAsync("Covered. W-04 there");
        await Expect(page.Page.Locator("#duty .hours")).ToContainTextAsync("too long in a row");
        await page.PictureAsync("duty");
        (await page.ViolationsAsync()).ShouldBeEmpty();

        // by keyboard, at a post with a poster only
        var post = posts.Nth(4);
        await Expect(post.Locator(".cover")).ToContainTextAsync("No plan.");
        await post.GetByRole(AriaRole.Button, new() { Name = "Plan a shift" }).FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await post.GetByLabel("Worker").SelectOptionAsync("W-60");
        await post.GetByRole(AriaRole.Button, new() { Name = "Plan", Exact = true }).ClickAsync();
        await Expect(page.Page.Locator("#duty .said")).ToContainTextAsync("The shift is planned.");
        await Expect(post.Locator(".planned")).ToHaveCountAsync(1);
        (await page.ViolationsAsync()).ShouldBeEmpty();

        await page.Page.Locator("#duty .said button").ClickAsync();
        await Expect(page.Page.Locator("#duty .said")).ToContainTextAsync("Taken back.");
        await Expect(post.Locator(".planned")).ToHaveCountAsync(0);

        // by drag, from now on
        var strip = post.Locator(".strip");
        await strip.ScrollIntoViewIfNeededAsync();
        var box = (await strip.BoundingBoxAsync())!;
        await page.Page.Mouse.MoveAsync(box.X + (box.Width * 0.25f), box.Y + 28);
        await page.Page.Mouse.DownAsync();
        await page.Page.Mouse.MoveAsync(box.X + (box.Width * 0.6f), box.Y + 28, new() { Steps = 4 });
        await page.Page.Mouse.UpAsync();
        await post.GetByLabel("Worker").SelectOptionAsync("W-61");
        await post.GetByRole(AriaRole.Button, new() { Name = "Plan", Exact = true }).ClickAsync();
        await Expect(post.Locator(".planned")).ToHaveCountAsync(1);

        await post.Locator(".planned").ClickAsync();
        await post.GetByRole(AriaRole.Button, new() { Name = "Arrived" }).ClickAsync();
        await Expect(post.Locator(".cover")).ToContainTextAsync("W-61 there");
        await Expect(post.Locator(".present")).ToHaveCountAsync(1);
        (await database.ReadAsync<long>("SELECT count(*) FROM duty_step WHERE account = 'local' AND kind = 'arrived'")).ShouldBe(1);
    }
}
