using System.Text.Json.Serialization;
using SituationMap.Core;

namespace SituationMap.Server.Statuses;

/// <param name="AsOf">The instant the answer is about.</param>
/// <param name="Buildings">In walking order; a building whose households are on two pages stands on both.</param>
/// <param name="Next">Where the next page is; null: this is the last one.</param>
internal sealed record WorkResponse(DateTimeOffset AsOf, IReadOnlyList<BuildingWorkResponse> Buildings, string? Next);

/// <param name="Bounds">Where it is: west, south, east, north in degrees (WGS 84).</param>
/// <param name="Households">Entrance by entrance, floor by floor, door by door.</param>
internal sealed record BuildingWorkResponse(
    string Building,
    string Address,
    string Grid,
    [property: Schema("Box")] double[] Bounds,
    IReadOnlyList<HouseholdWorkResponse> Households
);

/// <param name="Label">What is on the door, such as 2-301.</param>
/// <param name="Persons">Known members.</param>
/// <param name="Members">Their codes, for those who report of them or may see who they are; null for all others.</param>
/// <param name="Items">What is to be done there, the soonest first.</param>
internal sealed record HouseholdWorkResponse(
    string Household,
    string Label,
    [property: Schema("Status")] string Status,
    int Persons,
    IReadOnlyList<string>? Members,
    IReadOnlyList<WorkItemResponse> Items
);

/// <param name="Id">The same wherever and whenever it is worked out; null for those who may not be told why.</param>
/// <param name="What">The kind of fact that does it, such as visit or temperature.</param>
/// <param name="Person">Whose; null: the home's, or not told.</param>
/// <param name="Rule">The rule of the edition of work, or the kind of fact that the protocol makes due; null for those who may not be told
/// why.</param>
/// <param name="From">The earliest instant at which it can be done.</param>
/// <param name="Due">By when it has to be done.</param>
/// <param name="Late">From when on it is late.</param>
/// <param name="Critical">From when on it is critical; null: never, or not told.</param>
/// <param name="State">due, late or critical.</param>
/// <param name="Missing">How many facts it takes.</param>
/// <param name="AssignedTo">The name of the account that is to do it; left out: nobody in particular.</param>
/// <param name="Words">Why, and by when.</param>
internal sealed record WorkItemResponse(
    Guid? Id,
    string What,
    string? Person,
    string? Rule,
    DateTimeOffset From,
    DateTimeOffset Due,
    DateTimeOffset Late,
    DateTimeOffset? Critical,
    string State,
    int Missing,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AssignedTo,
    WordsResponse Words
);

/// <param name="AsOf">The instant the answer is about.</param>
/// <param name="Grids">The grids asked for and all below them, each after the one above it.</param>
internal sealed record WorkCountsResponse(DateTimeOffset AsOf, IReadOnlyList<GridWorkResponse> Grids);

/// <param name="Households">Homes where there is something to do.</param>
/// <param name="Due">What there is time for.</param>
/// <param name="Late">What should have been done.</param>
/// <param name="Critical">What should have been done long ago.</param>
/// <param name="Done">What was done since midnight.</param>
internal sealed record GridWorkResponse(
    string Grid,
    string? Parent,
    string Level,
    int Households,
    int Due,
    int Late,
    int Critical,
    int Done
);
