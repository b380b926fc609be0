using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using SituationMap.Core.Facts;

namespace SituationMap.Server.ApiDescription;

/// <summary>The shape of one fact, for the API's description.</summary>
/// <param name="Id">A UUID of the reporter's choosing; the same id again is the same fact.</param>
/// <param name="Kind">survey, departed, returned, contact, case, order, release, temperature, test, passage, override,
/// retraction, visit, circumstance, need, served, facility, undertaking, objection, answered, purchase, backToWork, assignment,
/// passEnd, crossing or declaration; a pass is given out by POST /api/passes.</param>
/// <param name="Household">The household's code; of a passage or crossing also <c>pass:</c> and the number of a pass of the
/// household.</param>
/// <param name="Person">The member's code; without it the whole household is meant.</param>
/// <param name="At">When it was so, with its offset.</param>
/// <param name="Clock">The same instant by the clock of the device, where that was put right; it may say anything.</param>
/// <param name="Source">Who reports it.</param>
/// <param name="Data">The fields of the kind.</param>
internal sealed record FactReportSchema(
    Guid Id,
    string Kind,
    string Household,
    string? Person,
    DateTimeOffset At,
    DateTimeOffset? Clock,
    string Source,
    Dictionary<string, object>? Data
);

/// <summary>The fields that <see cref="FactSchema"/> gives each kind, for the API's description.</summary>
internal static class FactDataSchema
{
    public static OpenApiSchema Make() =>
        new()
        {
            Description = "The fields of the kind.",
            AnyOf =
            [
                .. Enum.GetValues<FactKind>()
                    .Select(kind => new OpenApiSchema
                    {
                        Title = FactReader.Name(kind),
                        Type = JsonSchemaType.Object,
                        Properties = FactSchema.Of(kind).ToDictionary(field => field.Name, field => (IOpenApiSchema)Field(field)),
                        Required = FactSchema.Of(kind).Where(field => field.IsRequired).Select(field => field.Name).ToHashSet(),
                        AdditionalPropertiesAllowed = false,
                    }),
            ],
        };

    private static OpenApiSchema Field(FactField field)
    {
        var isNumber = field.Type is FactFieldType.WholeNumber or FactFieldType.Number;
        var type = field.Type switch
        {
            FactFieldType.WholeNumber => JsonSchemaType.Integer,
            FactFieldType.Number => JsonSchemaType.Number,
            FactFieldType.Boolean => JsonSchemaType.Boolean,
            _ => JsonSchemaType.String,
        };
        return new OpenApiSchema
        {
            Type = field.IsRequired ? type : type | JsonSchemaType.Null,
            Format = field.Type switch
            {
                FactFieldType.Instant => "date-time",
                FactFieldType.Fact or FactFieldType.Work => "uuid",
                _ => null,
            },
            Minimum = isNumber ? $"{field.Min}" : null,
            Maximum = isNumber ? $"{field.Max}" : null,
            MinLength = field.MaxLength > 0 ? 1 : null,
            MaxLength = field.MaxLength > 0 ? field.MaxLength : null,
            Enum = field.Choices.Count == 0 ? null : [.. field.Choices.Keys.Select(choice => JsonValue.Create(choice))],
        };
    }
}
