using System.ComponentModel.DataAnnotations;

namespace SituationMap.Server;

/// <summary>
/// The deployment's settings, section <c>SituationMap</c> of the configuration (files, environment as <c>SituationMap__Plan</c>,
/// command line as <c>--SituationMap:Plan=china</c>). Unknown keys are refused at start.
/// </summary>
public sealed class SituationMapOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "SituationMap";

    /// <summary>Where the server keeps its embedded PostGIS; null: <c>.situationmap</c> below the current folder.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The plan that says which protocol edition is in force when: a file's name in <c>data/protocols/plans</c>.</summary>
    [Required]
    public string Plan { get; init; } = "demo";

    /// <summary>The time zone in which days are counted and times are shown.</summary>
    [Required]
    public string TimeZone { get; init; } = "Asia/Shanghai";
}
