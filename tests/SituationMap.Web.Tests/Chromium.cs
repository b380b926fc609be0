using System.Diagnostics;
using Microsoft.Playwright;

namespace SituationMap.Web.Tests;

/// <summary>The machine's own Chromium, drawing in software and asking nothing of the network by itself.</summary>
internal static class Chromium
{
    private const string Program = "/usr/bin/chromium";
    private const string Fonts = "/usr/share/fonts/opentype/noto";

    private static readonly string[] Flags =
    [
        "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run",
    ];

    public static async Task<IBrowser> LaunchAsync(IPlaywright playwright)
    {
        if (!File.Exists(Program) || !Directory.Exists(Fonts))
            await InstallAsync();
        return await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = Flags });
    }

    /// <summary>As the embedded PostGIS does: what is missing is installed where that is allowed, and said.</summary>
    private static async Task InstallAsync()
    {
        const string packages = "chromium fonts-noto-cjk";
        if (!Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/apt-get"))
            throw new InvalidOperationException($"The browser tests need Chromium: sudo apt-get install -y --no-install-recommends {packages}");
        Console.WriteLine($"Installing {packages} for the browser tests …");
        foreach (var command in (string[])["update", $"install -y --no-install-recommends {packages}"])
        {
            using var apt = Process.Start(new ProcessStartInfo("/usr/bin/apt-get", $"-o DPkg::Lock::Timeout=300 {command}")
            {
                Environment = { ["DEBIAN_FRONTEND"] = "noninteractive" },
            })!;
            await apt.WaitForExitAsync();
            if (apt.ExitCode != 0)
                throw new InvalidOperationException($"apt-get {command} ended with {apt.ExitCode}; what it said stands above.");
        }
    }
}
