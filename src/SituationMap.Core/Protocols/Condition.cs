using System.Globalization;
using System.Text.Json;
using SituationMap.Core.Facts;

namespace SituationMap.Core.Protocols;

/// <summary>How a <see cref="Condition"/> compares.</summary>
public enum Comparison : byte
{
    /// <summary>The field is there and is one of the values.</summary>
    Is,

    /// <summary>The field is not there or is none of the values.</summary>
    Not,

    /// <summary>The field is a number greater than the value.</summary>
    Over,

    /// <summary>The field is a number less than the value.</summary>
    Under,

    /// <summary>The field is a number not less than the value.</summary>
    AtLeast,

    /// <summary>The field is a number not greater than the value.</summary>
    AtMost,
}

/// <summary>What one field of a fact's data must be.</summary>
public sealed class Condition
{
    private readonly decimal _number;

    /// <param name="field">The field of the data.</param>
    /// <param name="comparison">How it is compared.</param>
    /// <param name="values">What it is compared with, as text; exactly one number for the numeric comparisons.</param>
    public Condition(string field, Comparison comparison, IReadOnlyList<string> values)
    {
        (Field, Comparison, Values) = (field, comparison, values);
        if (comparison is not (Comparison.Is or Comparison.Not))
            _number = decimal.Parse(values[0], CultureInfo.InvariantCulture);
    }

    /// <summary>The field of the data.</summary>
    public string Field { get; }

    /// <summary>How it is compared.</summary>
    public Comparison Comparison { get; }

    /// <summary>What it is compared with.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>Whether the data of a fact fulfil it.</summary>
    public bool Holds(JsonElement data)
    {
        var there = FactData.TryField(data, Field, out var value);
        if (Comparison == Comparison.Is)
            return there && IsOneOfThem(value);
        if (Comparison == Comparison.Not)
            return !there || !IsOneOfThem(value);
        if (!there || value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var number))
            return false;
        return Comparison switch
        {
            Comparison.Over => number > _number,
            Comparison.Under => number < _number,
            Comparison.AtLeast => number >= _number,
            _ => number <= _number,
        };
    }

    private bool IsOneOfThem(JsonElement value)
    {
        for (var i = 0; i < Values.Count; i++)
            if (
                value.ValueKind switch
                {
                    JsonValueKind.String => value.ValueEquals(Values[i]),
                    JsonValueKind.True => Values[i] == "true",
                    JsonValueKind.False => Values[i] == "false",
                    JsonValueKind.Number => value.TryGetDecimal(out var number)
                        && decimal.TryParse(Values[i], CultureInfo.InvariantCulture, out var expected)
                        && number == expected,
                    _ => false,
                }
            )
                return true;
        return false;
    }
}

/// <summary>Which facts are meant: a kind, and what its data must be.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Where">All of these must hold.</param>
public sealed record FactPattern(FactKind Kind, IReadOnlyList<Condition> Where)
{
    /// <summary>Whether <paramref name="fact"/> is meant.</summary>
    public bool Matches(Fact fact)
    {
        if (fact.Kind != Kind)
            return false;
        for (var i = 0; i < Where.Count; i++)
            if (!Where[i].Holds(fact.Data))
                return false;
        return true;
    }
}
