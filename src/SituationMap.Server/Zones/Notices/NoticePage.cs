using System.Globalization;
using System.Net;
using System.Text;
using NetTopologySuite.Geometries;
using SituationMap.Core.Protocols;
using SituationMap.Core.Statuses;
using SituationMap.Server.Zones.Outlines;

namespace SituationMap.Server.Zones.Notices;

/// <summary>The notice as a page to be printed and put up: both languages, the outline as a drawing, the addresses in it.</summary>
internal static class NoticePage
{
    public const string Stylesheet =
        """
        body { font: 16px/1.6 "Noto Sans CJK SC", "Noto Sans", sans-serif; color: #1c1c1c; background: #fff; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.8rem; margin: 0 0 .2rem; } p.level { font-size: 1.2rem; margin: 0 0 1rem; }
        svg { width: 100%; max-height: 24rem; } path { fill: #f0d9d5; stroke: #9a2b1c; stroke-width: 2; vector-effect: non-scaling-stroke; fill-rule: evenodd; }
        dt { font-weight: 600; } dd { margin: 0 0 .6rem; } ul { columns: 2; padding-left: 1.2rem; } footer { margin-top: 2rem; color: #555; font-size: .85rem; }
        @media print { body { margin: 0; max-width: none; } li { break-inside: avoid; } }
        """;

    public static string Of(ZoneNotice notice, ProtocolPlan plan)
    {
        var level = plan.EditionAt(notice.From).ZoneLevel(notice.Level);
        var (zh, en) = level?.Effect switch
        {
            Status.Quarantined => ("区域内住户居家隔离，不得外出，生活物资送到门口。", "Households in the zone stay at home; what they need is brought to the door."),
            Status.Observed => ("区域内住户居家观察，减少外出。", "Households in the zone are under observation and go out as little as possible."),
            _ => ("区域内住户做好个人防护。", "Households in the zone take ordinary precautions."),
        };
        return $"""
            <!doctype html>
            <html lang="zh-CN">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{Text(notice.Name)}</title><link rel="stylesheet" href="/api/zones/notice.css"></head>
            <body>
            <h1>{Text(notice.Name)}</h1>
            <p class="level">{Text(level?.Name.Zh ?? notice.Level)} <span lang="en">{Text(level?.Name.En ?? notice.Level)}</span> · {Text(notice.Code)}</p>
            {Drawing(notice.Outline)}
            <p>{zh}<br><span lang="en">{en}</span></p>
            <dl>
            <dt>自 <span lang="en">From</span></dt><dd>{Time(notice.From)}</dd>
            <dt>至 <span lang="en">Until</span></dt><dd>{(notice.To is { } end ? Time(end) : "另行通知 <span lang=\"en\">further notice</span>")}</dd>
            <dt>楼栋 <span lang="en">Buildings</span></dt><dd>{notice.Addresses.Count}</dd>
            </dl>
            <ul>{string.Concat(notice.Addresses.Select(address => $"<li>{Text(address)}</li>"))}</ul>
            <footer>{Text(notice.Code)} · 第 {notice.Version} 版 <span lang="en">version {notice.Version}</span> · {Time(notice.Published)}</footer>
            </body>
            </html>
            """;

        string Time(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, plan.TimeZone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    private static string Drawing(MultiPolygon outline)
    {
        var metres = LocalMetres.Around(outline).ToMetres(outline);
        var box = metres.EnvelopeInternal;
        var path = new StringBuilder();
        foreach (var ring in GeoJson.Surfaces(metres).SelectMany(polygon => polygon.Holes.Prepend(polygon.Shell)))
            path.Append('M').AppendJoin('L', ring.Coordinates.Select(position => string.Create(CultureInfo.InvariantCulture, $"{position.X - box.MinX:0.#} {box.MaxY - position.Y:0.#}"))).Append('Z');
        var margin = Math.Max(box.Width, box.Height) * 0.03;
        return string.Create(CultureInfo.InvariantCulture,
            $"<svg role=\"img\" aria-label=\"范围 outline\" viewBox=\"{-margin:0.#} {-margin:0.#} {box.Width + (2 * margin):0.#} {box.Height + (2 * margin):0.#}\"><path d=\"{path}\"/></svg>");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
