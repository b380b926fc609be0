using System.Globalization;
using Microsoft.Playwright;

namespace SituationMap.Web.Tests;

/// <summary>A server's clock that can be moved on, and how that of a phone is.</summary>
internal sealed class MovedClock : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

    /// <summary>What has a phone's clock be so many minutes fast, also after a reload, and moved on as it was last.</summary>
    public static string OfPhone(int minutes) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            globalThis.Date = class extends Date {
              constructor(...given) { super(...(given.length ? given : [new.target.now()])); }
              static now() { return super.now() + {{minutes}} * 60000 + Number(localStorage.getItem('test.ahead') ?? 0); }
            };
            """
        );

    /// <summary>Moves a phone's clock so far ahead of where it was at first.</summary>
    public static Task MoveAsync(IPage page, TimeSpan ahead) =>
        page.EvaluateAsync("ahead => localStorage.setItem('test.ahead', ahead)", ahead.TotalMilliseconds);
}
