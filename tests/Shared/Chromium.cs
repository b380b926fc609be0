using SituationMap.Store.Database;

namespace SituationMap.Testing;

/// <summary>The browser of the browser tests and of the viewer's benchmark: Debian's Chromium, with a font for Chinese.</summary>
internal static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];
    private static readonly string[] Packages = ["chromium", "fonts-noto-cjk"];

    /// <summary>
    /// It draws in software and asks nothing of the network by itself. Only the map goes through SwiftShader: without a graphics
    /// card the rest of a page costs less when it is drawn without.
    /// </summary>
    public static readonly string[] Flags =
    [
        "--no-sandbox",
        "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader",
        "--disable-gpu-rasterization",
        "--disable-gpu-compositing",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
        "--no-first-run",
        // a host that is no secure context, as one of an intranet
        "--host-resolver-rules=MAP map.intranet 127.0.0.1",
    ];

    /// <summary>The path of its program. Installs it where it is missing and the tests run as root on Debian.</summary>
    public static async Task<string> EnsureAsync()
    {
        if (Find() is { } found && HasFont)
            return found;
        if (!Apt.MayInstall)
        {
            throw new InvalidOperationException(
                "The browser tests need: sudo apt-get update && sudo apt-get install -y --no-install-recommends "
                    + $"{string.Join(' ', Packages)}"
            );
        }

        using var turn = await Apt.TakeTurnAsync();
        if (Find() is null || !HasFont)
        {
            LineProgress.OnConsole.Report("The browser tests need Chromium and a font for Chinese: installing them with apt");
            await Apt.UpdateAsync(LineProgress.OnConsole);
            await Apt.InstallAsync(LineProgress.OnConsole, Packages);
        }

        return Find() ?? throw new InvalidOperationException("Chromium was installed and is still not found.");
    }

    private static bool HasFont => Directory.Exists("/usr/share/fonts/opentype/noto");

    private static string? Find() => Names.Select(Shell.Find).FirstOrDefault(path => path is not null);
}
