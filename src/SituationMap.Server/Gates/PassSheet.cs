using System.Net;
using System.Security.Cryptography;
using System.Text;
using QRCoder;
using SituationMap.Core.Protocols;
using SituationMap.Store.Gates;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Gates;

/// <summary>Passes as a page to be printed and cut up: by building, each with its QR code, and no name.</summary>
internal static class PassSheet
{
    private const string Stylesheet = """
        body { font: 14px/1.4 "Noto Sans CJK SC", "Noto Sans", sans-serif; color: #000; background: #fff; margin: 1rem; }
        section { break-after: page; } h1 { font-size: 1.2rem; }
        ul { display: grid; grid-template-columns: repeat(auto-fill, 62mm); gap: 4mm; list-style: none; padding: 0; }
        li { border: 1px dashed #777; padding: 4mm; break-inside: avoid; } svg { width: 100%; height: auto; display: block; }
        p { margin: 1mm 0 0; } b { font-size: 1.2em; }
        """;

    /// <summary>Nothing but its own style.</summary>
    public static readonly string ContentSecurityPolicy =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-"
        + $"{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Stylesheet)))}'";

    /// <param name="passes">Those to be printed.</param>
    /// <param name="zone">That of the place.</param>
    public static string Of(IReadOnlyList<StoredPass> passes, City city, PassKeys keys, TimeZoneInfo zone)
    {
        using var generator = new QRCodeGenerator();
        var buildings = passes.GroupBy(pass => pass.Building).OrderBy(building => building.Key, StringComparer.Ordinal);
        return $"""
            <!doctype html>
            <html lang="zh-CN">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>通行证 Passes</title><style>{Stylesheet}</style></head>
            <body>
            {string.Concat(
                buildings.Select(building =>
                    $"<section><h1>{Text(Name(building.Key))}</h1><ul>{string.Concat(
                        building.OrderBy(pass => pass.Code, StringComparer.Ordinal).ThenBy(pass => pass.Serial).Select(Card)
                    )}</ul></section>"
                )
            )}
            </body>
            </html>
            """;

        string Name(string code) => city.BuildingByCode.TryGetValue(code, out var index) ? city.Buildings[index].Address ?? code : code;

        string Card(StoredPass pass)
        {
            using var code = generator.CreateQrCode(keys.Sign(pass, zone), QRCodeGenerator.ECCLevel.M);
            using var picture = new SvgQRCode(code);
            var (zh, en) = pass.Kind switch
            {
                PassKind.Worker => ("上班", "worker"),
                PassKind.Carer => ("照料", "carer"),
                _ => ("居民", "resident"),
            };
            return $"<li>{picture.GetGraphic(4, "#000", "#fff", sizingMode: SvgQRCode.SizingMode.ViewBoxAttribute)}"
                + $"<p><b>{pass.Serial}</b> · {zh} <span lang=\"en\">{en}</span></p><p>{Text(pass.Code)}</p>"
                + $"<p>{pass.FirstDay(zone):yyyy-MM-dd} – {pass.LastDay(zone):yyyy-MM-dd}</p></li>";
        }
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
