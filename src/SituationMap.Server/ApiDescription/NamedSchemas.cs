using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using SituationMap.Core;

namespace SituationMap.Server.ApiDescription;

/// <summary>What the serializer's types do not say of themselves: the schemas of <c>schemas.json</c>, and where they hold.</summary>
internal static class NamedSchemas
{
    /// <summary>Until the document is whole, the name stands here: a property cannot refer to what is not there yet.</summary>
    private const string Mark = "x-schema";

    /// <summary>What has no fields of its own is said where it is used, by <see cref="SchemaAttribute"/>.</summary>
    public static string? IdOf(JsonTypeInfo type) =>
        type.Type.Namespace == typeof(JsonNode).Namespace || type.Type == typeof(JsonElement) || type.Type == typeof(JsonElement?)
            ? null
            : OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    public static Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        // the serializer cannot say what a converter of ours reads: text
        if (context.JsonTypeInfo.Type == typeof(string) && schema.Type is null)
            schema.Type =
                context.JsonPropertyInfo?.IsGetNullable == true ? JsonSchemaType.String | JsonSchemaType.Null : JsonSchemaType.String;
        if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Enumerable } list && list.ElementType == typeof(string))
            schema.Items ??= new OpenApiSchema { Type = JsonSchemaType.String };
        if (context.JsonTypeInfo is { Kind: JsonTypeInfoKind.Dictionary } map && map.ElementType == typeof(string))
            schema.AdditionalProperties ??= new OpenApiSchema { Type = JsonSchemaType.String };
        // numbers are read from texts, too, but never written so
        if (schema.Type is { } type && (type.HasFlag(JsonSchemaType.Integer) || type.HasFlag(JsonSchemaType.Number)))
            (schema.Type, schema.Pattern) = (type & ~JsonSchemaType.String, null);
        if (context.JsonPropertyInfo is { } own && IsLeftOutWhereNull(own))
            schema.Type &= ~JsonSchemaType.Null;
        // all is written, what a record has of another included, but what is left out where it would be null
        if (schema.Properties is { Count: > 0 })
            schema.Required = context
                .JsonTypeInfo.Properties.Where(property => property.Get is not null && !IsLeftOutWhereNull(property))
                .Select(property => property.Name)
                .ToHashSet();
        if (AttributeOf<SchemaAttribute>(context.JsonPropertyInfo) is { Name: { } name })
        {
            (schema.Extensions ??= new Dictionary<string, IOpenApiExtension>())[Mark] = new JsonNodeExtension(name);
            // of any JSON the serializer does not say so
            if (context.JsonPropertyInfo!.PropertyType == typeof(JsonElement?))
                schema.Type = JsonSchemaType.Object | JsonSchemaType.Null;
        }
        return Task.CompletedTask;
    }

    /// <summary>Adds the named schemas and refers to them where they hold.</summary>
    public static void Add(OpenApiDocument document)
    {
        var schemas = document.Components!.Schemas!;
        foreach (var (_, schema) in schemas)
            Refer(schema, document);
        using var stream = typeof(NamedSchemas).Assembly.GetManifestResourceStream("schemas.json")!;
        foreach (var (name, node) in (JsonObject)JsonNode.Parse(stream)!)
            schemas[name] = OpenApiModelFactory.Parse<OpenApiSchema>(
                node!.ToJsonString(),
                OpenApiSpecVersion.OpenApi3_1,
                document,
                out _,
                OpenApiConstants.Json
            )!;
    }

    private static void Refer(IOpenApiSchema schema, OpenApiDocument document)
    {
        foreach (var (name, property) in schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (property.Extensions?.TryGetValue(Mark, out var mark) != true)
                continue;
            var named = new OpenApiSchemaReference(((JsonNodeExtension)mark!).Node.GetValue<string>(), document)
            {
                Description = property.Description,
            };
            schema.Properties![name] =
                property.Type is { } type && type.HasFlag(JsonSchemaType.Null)
                    ? new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, named] }
                    : named;
        }
    }

    private static bool IsLeftOutWhereNull(JsonPropertyInfo property) =>
        AttributeOf<JsonIgnoreAttribute>(property) is { Condition: JsonIgnoreCondition.WhenWritingNull };

    private static T? AttributeOf<T>(JsonPropertyInfo? property)
        where T : Attribute => property?.AttributeProvider?.GetCustomAttributes(typeof(T), false).OfType<T>().SingleOrDefault();
}
