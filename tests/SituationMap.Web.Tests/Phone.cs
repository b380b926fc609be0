using System.Diagnostics;
using Microsoft.Playwright;
using Shouldly;

namespace SituationMap.Web.Tests;

/// <summary>A phone with the grid worker's page open, or another one for phones: a browser with a profile of its own, which outlives
/// it.</summary>
internal sealed class Phone : IAsyncDisposable
{
    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("situationmap-phone-");
    private readonly Uri _server;
    private readonly string _script;
    private IPlaywright? _playwright;
    private IBrowserContext? _browser;

    private readonly string _path;

    private Phone(Uri server, string script, string path) => (_server, _script, _path) = (server, script, path);

    public IPage Page { get; private set; } = null!;

    public IBrowserContext Browser => _browser!;

    /// <param name="query">Such as <c>lang=en&amp;grid=210682-004-03</c>.</param>
    /// <param name="script">What runs before the page's own.</param>
    /// <param name="path">Which page.</param>
    public static async Task<Phone> OpenAsync(
        Uri server,
        string query = "lang=en",
        bool isUser = true,
        string script = "",
        string path = "m"
    )
    {
        var phone = new Phone(server, script, path);
        await phone.StartAsync(query, isUser);
        return phone;
    }

    /// <summary>Starts the browser, again after <see cref="KillAsync"/>.</summary>
    public async Task StartAsync(string query, bool isUser = true)
    {
        _playwright ??= await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchPersistentContextAsync(
            _profile.FullName,
            new()
            {
                ExecutablePath = await Chromium.EnsureAsync(),
                Args = Chromium.Flags,
                ViewportSize = new() { Width = 390, Height = 844 },
                Locale = "zh-CN",
            }
        );
        if (isUser)
            await _browser.LetInAsync(_server, TestServer.LocalToken);
        Page = _browser.Pages.Count > 0 ? _browser.Pages[0] : await _browser.NewPageAsync();
        if (_script.Length > 0)
            await Page.AddInitScriptAsync(_script);
        await Page.GotoAsync(new Uri(_server, $"/{_path}?{query}").AbsoluteUri);
    }

    /// <summary>Waits until the page would open without a network.</summary>
    public Task IsKeptAsync() =>
        Page.WaitForFunctionAsync("() => navigator.serviceWorker.controller !== null && situationMapRound.keeper.kept.value !== null");

    /// <summary>Waits until it has saved so many facts and the server has every one. Of none it says as well that all are sent.</summary>
    public async Task AllSentAsync(int facts)
    {
        await Page.WaitForFunctionAsync(
            """
            facts => {
              const all = situationMapRound.outbox.all.value;
              return all.length === facts && all.every(({ sent }) => sent !== null);
            }
            """,
            facts
        );
        await Assertions.Expect(Page.Locator(".outbox")).ToHaveTextAsync("All sent");
    }

    /// <summary>Ends the browser as a battery that has run out does.</summary>
    public async Task KillAsync()
    {
        var gone = new TaskCompletionSource();
        _browser!.Close += (_, _) => gone.TrySetResult();
        foreach (var process in Process.GetProcesses())
        {
            using (process)
            {
                if (IsOfProfile(process.Id))
                    process.Kill();
            }
        }
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(30));
        foreach (var left in _profile.EnumerateFileSystemInfos("Singleton*"))
            left.Delete();
    }

    /// <summary>Puts pictures of the page, light and dark, into the folder that the environment names in SCREENSHOTS, if it does.</summary>
    public async Task PictureAsync(string name)
    {
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is not { } folder)
            return;
        foreach (var scheme in (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light])
        {
            await EmulateAsync(scheme);
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"phone-{name}-{scheme}.png") });
        }
    }

    /// <summary>Whether everybody can use what the page shows: light and dark, on a narrow phone and with large letters.</summary>
    public async Task LooksWellAsync(string name)
    {
        await PictureAsync(name);
        foreach (var scheme in (ColorScheme[])[ColorScheme.Dark, ColorScheme.Light])
        {
            await EmulateAsync(scheme);
            (await Page.ViolationsAsync()).ShouldBeEmpty($"{name} {scheme}");
        }
        (
            await Page.EvaluateAsync<string[]>(
                """
                () => [...document.querySelectorAll(
                  'button, select, input:not([type=checkbox]), summary, .button, .door, .top a, .back, .all')]
                  .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 47.5)
                  .map(one => one.outerHTML.slice(0, 80))
                """
            )
        ).ShouldBeEmpty("targets of a thumb");
        foreach (var (width, size) in ((int, string)[])[(320, "100%"), (390, "200%")])
        {
            await Page.SetViewportSizeAsync(width, 844);
            await Page.EvaluateAsync("size => { document.documentElement.style.fontSize = size; }", size);
            await Page.WaitForFunctionAsync("width => innerWidth === width", width);
            (await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(
                width,
                $"{name} {size}"
            );
        }
        await Page.EvaluateAsync("() => { document.documentElement.style.fontSize = ''; }");
        await Page.SetViewportSizeAsync(390, 844);
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        _profile.Delete(recursive: true);
    }

    private async Task EmulateAsync(ColorScheme scheme)
    {
        await Page.EmulateMediaAsync(new() { ColorScheme = scheme });
        await Page.WaitForFunctionAsync("theme => document.documentElement.dataset.theme === theme", scheme.ToString().ToLowerInvariant());
    }

    private bool IsOfProfile(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Contains($"--user-data-dir={_profile.FullName}", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
