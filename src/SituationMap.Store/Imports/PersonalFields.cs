using System.Text.Json.Nodes;
using SituationMap.Core;
using SituationMap.Core.Persons;
using SituationMap.Store.Persons;

namespace SituationMap.Store.Imports;

/// <summary>What a row says of a person, which never reaches the database as it is.</summary>
public static class PersonalFields
{
    /// <summary>Under which they stand in a row once they are sealed.</summary>
    private const string Sealed = "details";

    /// <summary>The first fault of them, and of a code that is a number of a person's; null where there is none.</summary>
    public static Fault? Check(JsonObject fields) =>
        PersonalNumbers.AreIn((string)fields["code"]!)
            ? new Fault("personal-data", "code", "a code of its own, no phone or identity number: codes are seen by all who see the map")
            : Of(fields).Check();

    /// <summary>Puts them, sealed, in the place of those that were read.</summary>
    public static void Seal(JsonObject fields, PersonSealer sealer)
    {
        // what the row does not have stays as it is known; null: to be emptied
        var (details, code) = (Of(fields), (string)fields["code"]!);
        var there = PersonDetails.Fields.Where(fields.ContainsKey).ToList();
        if (there.Count == 0)
            return;
        var all = new JsonObject { ["generation"] = sealer.Generation };
        foreach (var field in there)
        {
            fields.Remove(field);
            all[field] = details.Of(field) is not { } value
                ? null
                : new JsonObject
                {
                    ["box"] = Convert.ToBase64String(sealer.Seal(value, field, code)),
                    ["index"] = Convert.ToBase64String(sealer.Index(field, value)),
                };
        }
        fields[Sealed] = all;
    }

    private static PersonDetails Of(JsonObject fields) =>
        new(
            (string?)fields[PersonDetails.NameField],
            (string?)fields[PersonDetails.PhoneField],
            (string?)fields[PersonDetails.NumberField]
        );
}
