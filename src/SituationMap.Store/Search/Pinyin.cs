using System.Collections.Frozen;

namespace SituationMap.Store.Search;

/// <summary>The letters with which the readings of Chinese characters begin, from <c>data/pinyin</c>.</summary>
public sealed class Pinyin
{
    private readonly FrozenDictionary<char, uint> _letters;

    /// <exception cref="InvalidDataException">A line is not a letter, a blank and characters; the message says which.</exception>
    public Pinyin(IEnumerable<string> lines)
    {
        var letters = new Dictionary<char, uint>();
        foreach (var (number, line) in lines.Index())
        {
            if (line is not [>= 'a' and <= 'z', ' ', ..])
                throw new InvalidDataException(
                    $"data/pinyin/initials.txt: line {number + 1}: a letter, a blank and characters were expected"
                );
            foreach (var character in line.AsSpan(2))
                letters[character] = letters.GetValueOrDefault(character) | Bit(line[0]);
        }
        _letters = letters.ToFrozenDictionary();
    }

    public static Pinyin Load() => new(File.ReadLines(Path.Combine(AppContext.BaseDirectory, "data", "pinyin", "initials.txt")));

    /// <summary>Whether a reading of the character begins with the letter (a to z).</summary>
    public bool Begins(char character, char letter) =>
        letter is >= 'a' and <= 'z' && _letters.TryGetValue(character, out var letters) && (letters & Bit(letter)) != 0;

    private static uint Bit(char letter) => 1u << (letter - 'a');
}
