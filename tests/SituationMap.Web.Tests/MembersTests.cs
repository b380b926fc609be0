using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Shouldly;
using static Microsoft.Playwright.Assertions;

namespace SituationMap.Web.Tests;

[Collection(ViewerTests.Name)]
public sealed partial class MembersTests(Viewer viewer)
{
    [Theory]
    [InlineData("en", "Members", "Show names and phones", "supplies", "Show")]
    [InlineData("zh-CN", "成员", "显示姓名和电话", "送物资", "显示")]
    public async Task Members_are_masked_until_it_is_said_what_for(string language, string heading, string show, string purpose, string now)
    {
        var house = (await viewer.HealthyHousesAsync(40)).First(one => Members(one) > 0);
        await using var page = await viewer.OpenAsync(
            $"/?lang={language}#map=17/{house.Latitude}/{house.Longitude}&building={house.Building}&household={house.Household}"
        );
        var members = page.Page.Locator("#drawer .members");
        await Expect(members).ToContainTextAsync(heading);
        await Expect(members.Locator("li").First).ToContainTextAsync("100****");
        Phone().IsMatch(await members.InnerTextAsync()).ShouldBeFalse();
        var before = await LooksAsync();

        await members.GetByText(show).ClickAsync();
        await members.GetByRole(AriaRole.Combobox).SelectOptionAsync(new SelectOptionValue { Label = purpose });
        await members.Locator("form").GetByText(now, new() { Exact = true }).ClickAsync();

        await Expect(members.Locator("form")).ToHaveCountAsync(0);
        Phone().IsMatch(await members.InnerTextAsync()).ShouldBeTrue();
        (await LooksAsync()).ShouldBe(before + 1);
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { } folder)
            await page.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"members-{language}.png") });
        // what was shown goes with the household
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(page.Page.Locator("#drawer")).ToBeHiddenAsync();

        Task<long> LooksAsync() =>
            viewer.Database.ReadAsync<long>(
                "SELECT count(*) FROM audit WHERE action = 'see persons' AND purpose = 'supplies' AND subject = $1",
                $"members of {house.Household}"
            );
    }

    private long Members(House house) =>
        viewer
            .Database.ReadAsync<long>(
                "SELECT count(*) FROM person p JOIN household h ON h.id = p.household WHERE h.code = $1",
                house.Household
            )
            .GetAwaiter()
            .GetResult();

    [GeneratedRegex(@"100\d{8}", RegexOptions.NonBacktracking)]
    private static partial Regex Phone();
}
