namespace SituationMap.Core.Facts;

/// <summary>What a fact reports. The JSON and SQL names are these names with a small first letter.</summary>
public enum FactKind : byte
{
    /// <summary>Someone was at the door.</summary>
    Survey,

    /// <summary>A person, or without a person the whole household, left the district.</summary>
    Departed,

    /// <summary>A person, or without a person the whole household, came back.</summary>
    Returned,

    /// <summary>Contact of a case.</summary>
    Contact,

    /// <summary>A member is a case.</summary>
    Case,

    /// <summary>An authority ordered quarantine or observation.</summary>
    Order,

    /// <summary>Ends early what the named fact began.</summary>
    Release,

    /// <summary>One reading of a temperature.</summary>
    Temperature,

    /// <summary>One test.</summary>
    Test,

    /// <summary>Went through a checkpoint.</summary>
    Passage,

    /// <summary>A person decided otherwise than the rules.</summary>
    Override,

    /// <summary>The named fact was wrong.</summary>
    Retraction,

    /// <summary>Somebody went to see a household or rang it, and met it or not.</summary>
    Visit,

    /// <summary>Something about how people live for which they are looked after more closely.</summary>
    Circumstance,

    /// <summary>Something that a household lacks.</summary>
    Need,

    /// <summary>What became of the named need.</summary>
    Served,

    /// <summary>A person, or without a person the whole household, is isolated elsewhere.</summary>
    Facility,

    /// <summary>The household signed what it undertakes.</summary>
    Undertaking,

    /// <summary>The household objects to the named fact, or to its status.</summary>
    Objection,

    /// <summary>An authority answered the named objection.</summary>
    Answered,

    /// <summary>A medicine was bought that tells of an illness.</summary>
    Purchase,

    /// <summary>A person went back to work.</summary>
    BackToWork,

    /// <summary>Somebody is to do something at the household, or nobody in particular any more.</summary>
    Assignment,

    /// <summary>A pass was given out.</summary>
    Pass,

    /// <summary>A pass counts no more.</summary>
    PassEnd,

    /// <summary>Somebody who lives elsewhere went through a checkpoint, to the household or from it.</summary>
    Crossing,

    /// <summary>What a household says of itself and somebody has yet to see to.</summary>
    Declaration,
}
