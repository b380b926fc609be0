using System.ComponentModel.DataAnnotations;

namespace SituationMap.Store.Settings;

/// <summary>How long what is known of persons is kept, in days; 0: for good.</summary>
public sealed class RetentionOptions
{
    /// <summary>Names, phones and identity numbers: so long after anything was last reported of a household that is healthy.</summary>
    [Range(0, 36_500)]
    public int Persons { get; init; } = 180;

    /// <summary>The reasons of decisions and retractions, in people's own words.</summary>
    [Range(0, 36_500)]
    public int Reasons { get; init; } = 365;
}
