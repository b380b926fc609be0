using System.Net;
using SituationMap.Core;
using SituationMap.Core.Protocols;
using SituationMap.Core.Zones;
using SituationMap.Store.Zones.Notices;

namespace SituationMap.Server.Zones;

/// <summary>The notice as a page to be printed and put up: both languages, the outline among the streets, the addresses in it.</summary>
internal static class NoticePage
{
    public const string Stylesheet = """
        body { font: 16px/1.6 "Noto Sans CJK SC", "Noto Sans", sans-serif; color: #1c1c1c; background: #fff;
          max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.8rem; margin: 0 0 .2rem; } p.level { font-size: 1.2rem; margin: 0 0 1rem; }
        svg { width: 100%; max-height: 28rem; } path { vector-effect: non-scaling-stroke; fill: none; }
        .zone { fill: #e9e1f0; stroke: #5b2a86; stroke-width: 2.5; fill-rule: evenodd; }
        .street { stroke: #8c877b; stroke-width: 1.5; }
        text { text-anchor: middle; dominant-baseline: central; fill: #1c1c1c; stroke: #fff; stroke-width: .25em;
          stroke-linejoin: round; paint-order: stroke; }
        dt { font-weight: 600; } dd { margin: 0 0 .6rem; } dd span { display: block; } ul { columns: 2; padding-left: 1.2rem; }
        footer { margin-top: 2rem; color: #555; font-size: .85rem; }
        @media print { body { margin: 0; max-width: none; } li { break-inside: avoid; } }
        """;

    /// <param name="notices">Of one zone: the version in force, or the first to come, and those after it.</param>
    /// <param name="streets">Those around it.</param>
    public static string Of(IEnumerable<ZoneNotice> notices, IEnumerable<NoticeStreet> streets, ProtocolPlan plan, DateTimeOffset now)
    {
        var all = notices.OrderBy(one => one.From).ToArray();
        var notice = all[0];
        var published = ZoneWords.Time(plan, notice.Published, now);
        var level = plan.EditionAt(notice.From).ZoneLevel(notice.Level);
        var (zh, en) = level?.Effect switch
        {
            Status.Quarantined => (
                "区域内住户居家隔离，不得外出，生活物资送到门口。",
                "Households in the zone stay at home; what they need is brought to the door."
            ),
            Status.Observed => (
                "区域内住户居家观察，减少外出。",
                "Households in the zone are under observation and go out as little as possible."
            ),
            _ => ("区域内住户做好个人防护。", "Households in the zone take ordinary precautions."),
        };
        return $"""
            <!doctype html>
            <html lang="zh-CN">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{Text(
                notice.Name
            )}</title><link rel="stylesheet" href="../notice.css"></head>
            <body>
            <h1>{Text(notice.Name)}</h1>
            <p class="level">{Both(ZoneWords.Level(plan, notice.Level, notice.From))} · {Text(notice.Code)}</p>
            {NoticeDrawing.Of(notice.Outline, streets)}
            <p>{zh}<br><span lang="en">{en}</span></p>
            <dl>
            <dt>自 <span lang="en">From</span></dt><dd>{Both(ZoneWords.Time(plan, notice.From, now))}</dd>
            <dt>至 <span lang="en">Until</span></dt><dd>{Both(
                notice.To is { } end ? ZoneWords.By(plan, end, now) : new LocalText("另行通知", "further notice")
            )}</dd>
            {string.Concat(
                all.Skip(1).Select(next =>
                    $"<dt>其后 <span lang=\"en\">Then</span></dt>"
                    + $"<dd>{Both(ZoneWords.Level(plan, next.Level, next.From))} · {Both(ZoneWords.Time(plan, next.From, now))}</dd>"
                )
            )}
            <dt>楼栋 <span lang="en">Buildings</span></dt><dd>{notice.Addresses.Count}</dd>
            </dl>
            <ul>{string.Concat(notice.Addresses.Select(address => $"<li>{Text(address)}</li>"))}</ul>
            <footer>{Text(
                notice.Code
            )} · 第 {notice.Version} 版 <span lang="en">version {notice.Version}</span>
            · 发布于 <span lang="en">published</span> {published.Zh} · <span lang="en">{published.En}</span></footer>
            </body>
            </html>
            """;

        static string Both(LocalText words) => $"{Text(words.Zh)} <span lang=\"en\">{Text(words.En)}</span>";
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
