namespace SituationMap.Store.Access;

/// <summary>What somebody may do. Every endpoint says which of these it needs, or that it is open to all.</summary>
public enum Right
{
    /// <summary>See the situation: the map, counts, households by code.</summary>
    See,

    /// <summary>Report facts.</summary>
    Report,

    /// <summary>Let anybody through a checkpoint that is granted, and report it, seeing nobody.</summary>
    Guard,

    /// <summary>Order quarantine or observation, and answer objections; without it an order is a proposal.</summary>
    Order,

    /// <summary>Say that one has come to a post, has gone or hands over: of one's own shifts.</summary>
    StandDuty,

    /// <summary>Plan who stands at which post when.</summary>
    Dispatch,

    /// <summary>Draw and submit risk zones.</summary>
    Plan,

    /// <summary>Approve, reject, end and take back what others have planned.</summary>
    Approve,

    /// <summary>See who lives in a household, for a stated purpose.</summary>
    SeePersons,

    /// <summary>Bring in grids, buildings, households and the like from files.</summary>
    Import,

    /// <summary>Have changes sent to other systems.</summary>
    Subscribe,

    /// <summary>See what the server does: its jobs and metrics.</summary>
    Operate,

    /// <summary>Read the audit record.</summary>
    Audit,

    /// <summary>Manage accounts, keys and what is granted to whom.</summary>
    Administer,
}
