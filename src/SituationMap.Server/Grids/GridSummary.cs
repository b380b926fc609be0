using SituationMap.Core;

namespace SituationMap.Server.Grids;

/// <summary>A grid's counts and what else is to be known of it at a glance.</summary>
internal sealed record GridSummaryResponse : GridCountsResponse
{
    public GridSummaryResponse(GridCountsResponse counts)
        : base(counts) { }

    public required long Sequence { get; init; }

    public required DateTimeOffset AsOf { get; init; }

    /// <summary>What had been reported by then is taken into account.</summary>
    public required DateTimeOffset KnownAt { get; init; }

    /// <summary>When the overdue households were counted: at <see cref="AsOf"/>, or for the present a little earlier.</summary>
    public required DateTimeOffset OverdueAsOf { get; init; }

    public required int Buildings { get; init; }

    /// <summary>Of the households, those in buildings that stand outside the grid they are counted in.</summary>
    public required int Misplaced { get; init; }

    public required int Checkpoints { get; init; }

    public required int CheckpointsManned { get; init; }

    public required IReadOnlyList<GridZoneResponse> Zones { get; init; }

    /// <summary>How many more (or fewer) households are in each status than 24 hours before; for the present, 24 hours before the minute
    /// began.</summary>
    [Schema("CountsByStatus")]
    public required IReadOnlyDictionary<string, int> Change24h { get; init; }

    /// <summary>The same of <see cref="GridCountsResponse.HealthyUnsurveyed"/>.</summary>
    public required int HealthyUnsurveyedChange24h { get; init; }

    public required IReadOnlyList<GridCountsResponse> Children { get; init; }
}

internal sealed record GridZoneResponse(int Id, string Code, string Name, string Level, int Version);
