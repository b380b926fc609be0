namespace SituationMap.Store.Imports;

/// <summary>How the text of a field is read.</summary>
public enum FieldKind
{
    Text,

    /// <summary>A code of something, by which it is referred to: one text, however a program writes it.</summary>
    Code,

    /// <summary>The number of a door, which may say its floor.</summary>
    Door,

    /// <summary>A whole number in the field's range.</summary>
    Number,

    /// <summary>One of the field's choices, by any of their names.</summary>
    Choice,

    Instant,

    /// <summary>A year, or a date of which the year counts.</summary>
    Year,

    /// <summary>Known of a person: encrypted before it is staged.</summary>
    Personal,
}

/// <summary>One field of a collection.</summary>
/// <param name="Aliases">What files call it, the likeliest first; compared without case, spaces and punctuation.</param>
/// <param name="Expected">In words, for whoever has to mend a row.</param>
public sealed record ImportField(string Name, FieldKind Kind, string Expected, string[] Aliases)
{
    public bool IsRequired { get; init; }

    public int Least { get; init; }

    public int Most { get; init; } = int.MaxValue;

    /// <summary>Whether the word <see cref="RowReader.Clear"/> empties it.</summary>
    public bool MayBeCleared { get; init; }

    /// <summary>What files write → what the store has.</summary>
    public IReadOnlyDictionary<string, string> Choices { get; init; } = new Dictionary<string, string>();

    /// <summary>What a text becomes that is none of the choices; null: the row is rejected.</summary>
    public string? Otherwise { get; init; }
}
