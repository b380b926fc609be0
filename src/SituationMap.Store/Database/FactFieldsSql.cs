using System.Text;
using SituationMap.Core.Facts;

namespace SituationMap.Store.Database;

/// <summary>What <see cref="FactSchema"/> says, as the database checks it.</summary>
public static class FactFieldsSql
{
    /// <summary>The function behind the constraint of the table of facts.</summary>
    public static string Function { get; } =
        $"""
            -- Whether the data of a fact have the fields that its kind must have, with the right types: written by the program from
            -- FactSchema. The server says which field is wrong before it comes here; this is what nothing gets around.
            -- Not STRICT, for then it would be called for each row instead of being a part of the constraint.
            CREATE OR REPLACE FUNCTION has_fields_of(kind fact_kind, data jsonb) RETURNS boolean
              LANGUAGE sql IMMUTABLE PARALLEL SAFE
              RETURN jsonb_typeof(data) = 'object' AND CASE kind
            {Kinds()}  END;
            """;

    private static string Kinds()
    {
        var text = new StringBuilder();
        foreach (var kind in Enum.GetValues<FactKind>())
        {
            var conditions = FactSchema.Of(kind).Select(Condition).OfType<string>().DefaultIfEmpty("true");
            text.Append($"    WHEN '{FactReader.Name(kind)}' THEN {string.Join(" AND ", conditions)}\n");
        }
        return text.ToString();
    }

    private static string? Condition(FactField field) =>
        // null is as good as not there
        field.OrElse
            is { } other
            ? $"(data->>'{field.Name}' IS NULL) <> (data->>'{other}' IS NULL)"
        : !field.IsRequired ? null
        : field.Type switch
        {
            FactFieldType.Choice => $"data->>'{field.Name}' IN ({string.Join(", ", field.Choices.Keys.Select(choice => $"'{choice}'"))})",
            // among JSON's values only numbers lie between two numbers; without BETWEEN, for what is dumped of one among other
            // conditions is another text after it was restored
            FactFieldType.WholeNumber or FactFieldType.Number =>
                $"data->'{field.Name}' >= '{field.Min}' AND data->'{field.Name}' <= '{field.Max}'",
            FactFieldType.Boolean => $"jsonb_typeof(data->'{field.Name}') = 'boolean'",
            _ => $"jsonb_typeof(data->'{field.Name}') = 'string'",
        };
}
