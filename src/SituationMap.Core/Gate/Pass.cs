using SituationMap.Core.Protocols;

namespace SituationMap.Core.Gate;

/// <summary>What a pass says: no name.</summary>
/// <param name="Serial">Its number in the place, from 1.</param>
/// <param name="Household">The household's number in the store.</param>
/// <param name="Kind">For whom it is.</param>
/// <param name="From">The first local day on which it counts.</param>
/// <param name="To">The last one.</param>
/// <param name="Key">The number of the key that signed it.</param>
/// <param name="Place">The number of the place that gave it out: two places have different ones.</param>
public sealed record Pass(uint Serial, uint Household, PassKind Kind, DateOnly From, DateOnly To, byte Key, uint Place);
