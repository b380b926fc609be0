using SituationMap.Core.Duty;

namespace SituationMap.Store.Duty;

/// <summary>Where somebody stands.</summary>
/// <param name="Kind">Of the edition of work, which says how many are wanted when.</param>
/// <param name="Grid">The code of its grid.</param>
/// <param name="Checkpoint">The code of the checkpoint it is at; null: a place of its own.</param>
/// <param name="Lon">Longitude, CRS84.</param>
/// <param name="Lat">Latitude, CRS84.</param>
/// <param name="Leader">The code of the worker who is told of a gap first; null: nobody is.</param>
public sealed record Post(
    int Id,
    string Code,
    string Name,
    string Kind,
    string Grid,
    string? Checkpoint,
    double Lon,
    double Lat,
    string? Leader
);

/// <summary>A post with the steps of its shifts that matter for some time.</summary>
public sealed record PostDuty(Post Post, IReadOnlyList<DutyStep> Steps);

/// <summary>Somebody who stands at posts.</summary>
/// <param name="Grid">The code of the grid he belongs to.</param>
/// <param name="Account">By which he says himself that he has come; null: others say it.</param>
public sealed record Worker(string Code, string Grid, string? Account);
