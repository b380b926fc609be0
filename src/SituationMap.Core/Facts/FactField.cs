namespace SituationMap.Core.Facts;

/// <summary>What a field of a fact's data holds.</summary>
public enum FactFieldType
{
    /// <summary>A code or a few words that all who see the map may read: without phone or identity numbers.</summary>
    PublicText,

    /// <summary>Somebody's own words, kept apart and encrypted; a kind has one such field at most.</summary>
    OwnWords,

    /// <summary>The code of a checkpoint.</summary>
    Checkpoint,

    /// <summary>One of a few names.</summary>
    Choice,

    /// <summary>A number without a fraction.</summary>
    WholeNumber,

    /// <summary>Any number.</summary>
    Number,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An instant with its offset.</summary>
    Instant,

    /// <summary>The id of another fact about the same household.</summary>
    Fact,

    /// <summary>The id of something to be done at the household.</summary>
    Work,
}

/// <summary>A field that the data of a kind of fact must or may have.</summary>
public sealed record FactField(string Name, FactFieldType Type)
{
    /// <summary>As faults name it.</summary>
    public string Path => "data." + Name;

    /// <summary>Where it may be left out, null is as good.</summary>
    public bool IsRequired { get; init; } = true;

    /// <summary>Of texts, in UTF-16 units.</summary>
    public int MaxLength { get; init; }

    /// <summary>Of numbers, included.</summary>
    public int Min { get; init; }

    /// <summary>Of numbers, included.</summary>
    public int Max { get; init; }

    /// <summary>Another whole number of the same kind, which it may not exceed.</summary>
    public string? NoMoreThan { get; init; }

    /// <summary>Another field of the same kind: exactly one of the two is there.</summary>
    public string? OrElse { get; init; }

    /// <summary>Of choices.</summary>
    public IReadOnlyDictionary<string, string> Choices { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it tells of the members what only those are told who may see them.</summary>
    public bool IsOfMembers { get; init; }

    /// <summary>Of instants: whether it may lie up to two years ahead, instead of in the past alone.</summary>
    public bool MayLieAhead { get; init; }
}
