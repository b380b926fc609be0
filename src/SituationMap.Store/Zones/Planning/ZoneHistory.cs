using System.Text.Json.Nodes;
using NetTopologySuite.Geometries;
using NetTopologySuite.Operation.Overlay;
using NetTopologySuite.Operation.OverlayNG;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Protocols;
using SituationMap.Core.Zones;
using SituationMap.Geo.Features;
using SituationMap.Geo.Outlines;
using SituationMap.Store.Database;

namespace SituationMap.Store.Zones.Planning;

/// <summary>What a version changed of the one before.</summary>
/// <param name="Added">GeoJSON Polygon or MultiPolygon of what the zone gained; null: nothing.</param>
/// <param name="Removed">GeoJSON Polygon or MultiPolygon of what the zone lost; null: nothing.</param>
/// <param name="Words">The same in words, a sentence for each thing that changed.</param>
public sealed record VersionChange(
    [property: Schema("Surface")] JsonObject? Added,
    [property: Schema("Surface")] JsonObject? Removed,
    double AddedSquareMetres,
    double RemovedSquareMetres,
    IReadOnlyList<WordsResponse> Words
);

/// <param name="Change">Of the version before; of the first one everything is new.</param>
public sealed record VersionInHistory(VersionResponse Version, VersionChange Change);

/// <param name="Action">drafted, changed, discarded, submitted, withdrawn, rejected, approved, published, lowered, ended, rolled-back,
/// split; of decisions that take effect later decided, taken-back or lapsed.</param>
/// <param name="Version">The version it published; null: none.</param>
public sealed record StepResponse(int Step, string Action, string Actor, DateTimeOffset At, string Reason, int? Version);

/// <param name="Versions">From the first on.</param>
/// <param name="Steps">From the first on.</param>
public sealed record ZoneHistoryResponse(
    string Code,
    string Etag,
    IReadOnlyList<VersionInHistory> Versions,
    IReadOnlyList<StepResponse> Steps
);

public static class ZoneHistory
{
    /// <summary>Square metres below which an outline counts as the same: what rounding leaves.</summary>
    private const double Nothing = 0.5;

    public static async Task<ZoneHistoryResponse> ReadAsync(
        NpgsqlConnection connection,
        ZoneRecord zone,
        ProtocolPlan plan,
        DateTimeOffset now,
        CancellationToken cancellation
    )
    {
        await using var command = connection.Command(
            "SELECT step, action, actor, at, reason, version FROM zone_step WHERE zone = $1 ORDER BY step",
            zone.Id
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var steps = await reader.ReadAllAsync(
            row => new StepResponse(
                row.GetInt32(0),
                row.GetString(1),
                row.GetString(2),
                row.InstantOrNull(3)!.Value,
                row.GetString(4),
                row.IsDBNull(5) ? null : row.GetInt32(5)
            ),
            cancellation
        );
        var actions = steps.Where(step => step.Version is not null).ToDictionary(step => step.Version!.Value, step => step.Action);
        return new ZoneHistoryResponse(
            zone.Code,
            zone.Tag.Text,
            [
                .. zone.Versions.Select(
                    (version, index) =>
                        new VersionInHistory(
                            VersionResponse.Of(version),
                            Between(
                                index == 0 ? null : zone.Versions[index - 1],
                                version,
                                actions.GetValueOrDefault(version.Version) == "split",
                                plan,
                                now
                            )
                        )
                ),
            ],
            steps
        );
    }

    /// <param name="isSplit">Whether it came of a split: the zone is in parts, or whole again.</param>
    private static VersionChange Between(ZoneVersion? before, ZoneVersion after, bool isSplit, ProtocolPlan plan, DateTimeOffset now)
    {
        var (ground, becomes) = (Surface(before), Surface(after));
        var metres = LocalMetres.Around(after.Outline);
        var (added, addedArea) = Piece(becomes, ground);
        var (removed, removedArea) = Piece(ground, becomes);
        var words = new List<LocalText>();
        if (before is null)
            words.Add(isSplit ? new("由拆分而来", "split off") : new("新划定", "newly declared"));
        else
        {
            if (before.Name != after.Name)
                words.Add(new($"名称由“{before.Name}”改为“{after.Name}”", $"renamed from “{before.Name}” to “{after.Name}”"));
            if (after.Level is null)
                words.Add(isSplit ? new("拆分为几部分", "split into parts") : new("解除", "lifted"));
            else if (before.Level != after.Level)
            {
                var (level, was) = (
                    ZoneWords.Level(plan, after.Level, after.From),
                    before.Level is null ? null : ZoneWords.Level(plan, before.Level, before.From)
                );
                words.Add(
                    was is null
                        ? new($"{(isSplit ? "合为整体" : "恢复")}，{level.Zh}", $"{(isSplit ? "whole" : "in force")} again: {level.En}")
                        : new($"由{was.Zh}改为{level.Zh}", $"changed from {was.En} to {level.En}")
                );
            }
            if (after.Level is not null && before.To != after.To)
                words.Add(
                    after.To is { } to && ZoneWords.By(plan, to, now) is var end
                        ? new($"定于 {end.Zh}结束", $"to end at {end.En}")
                        : new("不再设定结束时间", "no longer ends by itself")
                );
        }
        if (before is not null && after.Level is not null && addedArea > 0)
            words.Add(new($"扩大 {addedArea:0} 平方米", $"larger by {addedArea:0} m²"));
        if (before is not null && after.Level is not null && removedArea > 0)
            words.Add(new($"缩小 {removedArea:0} 平方米", $"smaller by {removedArea:0} m²"));
        return new VersionChange(added, removed, addedArea, removedArea, [.. words.Select(WordsResponse.Of)]);

        (JsonObject?, double) Piece(Geometry of, Geometry without)
        {
            var piece = Surfaces.AsMulti(OverlayNGRobust.Overlay(of, without, SpatialFunction.Difference));
            var area = Math.Round(metres.SquareMetres(piece), 1);
            return area < Nothing ? (null, 0) : (GeoJson.ToJson(piece), area);
        }
    }

    private static MultiPolygon Surface(ZoneVersion? version) =>
        version?.Level is null ? Surfaces.Factory.CreateMultiPolygon() : version.Outline;
}
