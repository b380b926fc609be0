using System.Text.Json.Serialization;
using SituationMap.Core;
using SituationMap.Core.Persons;
using SituationMap.Core.Texts;

namespace SituationMap.Store.Persons;

/// <summary>By what a person is known and reached; null: not known.</summary>
/// <param name="Number">Of the identity card or passport.</param>
public sealed record PersonDetails(string? Name, string? Phone, string? Number)
{
    public const string NameField = "name";
    public const string PhoneField = "phone";
    public const string NumberField = "number";

    public static readonly IReadOnlyList<string> Fields = [NameField, PhoneField, NumberField];

    private const int MaxName = 100;

    [JsonIgnore]
    public bool AreNone => Name is null && Phone is null && Number is null;

    public string? Of(string field) =>
        field switch
        {
            NameField => Name,
            PhoneField => Phone,
            _ => Number,
        };

    /// <summary>Enough to see that it is the right person, not who it is: 张*, 138****1234, 2****************7.</summary>
    public PersonDetails Masked() =>
        new(Name is null ? null : MaskName(Name), Phone is null ? null : Mask(Phone, 3, 4), Number is null ? null : Mask(Number, 1, 1));

    /// <summary>The first fault; null where there is none. It never says what was sent.</summary>
    public Fault? Check() =>
        Name is not null && (Name.Length > MaxName || Plain(NameField, Name).Length == 0)
            ? new Fault("value-wrong", NameField, $"a name of 1 to {MaxName} characters")
        : Phone is not null
        && !(Plain(PhoneField, Phone) is { Length: >= 5 and <= 15 } digits && digits.All(char.IsAsciiDigit) && Phone.Length <= 30)
            ? new Fault("value-wrong", PhoneField, "a phone number of 5 to 15 digits")
        : Number is not null && !IsNumber(Plain(NumberField, Number))
            ? new Fault(
                "value-wrong",
                NumberField,
                "an identity number of 18 characters with its check digit, or another of 5 to 20 letters and digits"
            )
        : null;

    /// <summary>Which form <see cref="Plain"/> gives: what was indexed by one before is indexed anew.</summary>
    public const int Form = 1;

    /// <summary>Dots between the parts of a name as they are typed; the keyboard's 间隔号 is the first.</summary>
    private const string Dots = "·•‧∙⋅・⸱●.。";

    /// <summary>One form of all in which the same value is typed, by which it is found.</summary>
    public static string Plain(string field, string value)
    {
        var folded = NormalForm.Folded(value);
        if (field == NameField)
            return string.Concat(
                folded.Where(c => !char.IsWhiteSpace(c) && !char.IsControl(c) && !Dots.Contains(c, StringComparison.Ordinal))
            );
        var text = string.Concat(folded.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        if (field != PhoneField)
            return text;
        // the code of the country before a mobile number
        return text.Length == 13 && text.StartsWith("861", StringComparison.Ordinal) ? text[2..]
            : text.Length == 15 && text.StartsWith("00861", StringComparison.Ordinal) ? text[4..]
            : text;
    }

    private static bool IsNumber(string plain) =>
        plain.Length is >= 5 and <= 20
        && (plain.Length != 18 || !plain[..17].All(char.IsAsciiDigit) || PersonalNumbers.IsIdentityNumber(plain));

    private static string MaskName(string name)
    {
        // Chinese names begin with the surname; of others only the first letter stays
        var first = char.IsSurrogatePair(name, 0) ? name[..2] : name[..1];
        return first + new string('*', Math.Clamp(name.Length - first.Length, 1, 3));
    }

    private static string Mask(string text, int before, int after) =>
        text.Length < before + after + 4
            ? new string('*', text.Length)
            : text[..before] + new string('*', text.Length - before - after) + text[^after..];
}
