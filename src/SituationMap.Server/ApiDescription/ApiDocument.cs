using System.Text;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;

namespace SituationMap.Server.ApiDescription;

/// <summary>
/// The OpenAPI document beyond what is read off the endpoints themselves: what each parameter means, an example for each request,
/// who may ask, and the form of every fault: so <c>api.json</c> has it, by method and path. Answers are recorded.
/// </summary>
internal static class ApiDocument
{
    public const string Name = "v1";

    private const string Problem = "ProblemDetails";
    private const string Key = "key";
    private const string Session = "session";

    private static readonly JsonObject Words = ReadWords();

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi(Name, options =>
        {
            options.CreateSchemaReferenceId = NamedSchemas.IdOf;
            options.AddSchemaTransformer(NamedSchemas.TransformAsync);
            options.AddOperationTransformer(
                (operation, context, _) =>
                {
                    if (
                        context.Description.ActionDescriptor.EndpointMetadata.OfType<RequiredRight>().LastOrDefault() is
                        { Right: { } right }
                    )
                        Lock(operation, right, context.Document!);
                    return Task.CompletedTask;
                }
            );
            options.AddDocumentTransformer(
                (document, _, _) =>
                {
                    Describe(document);
                    return Task.CompletedTask;
                }
            );
        });

    private static void Lock(OpenApiOperation operation, Right right, OpenApiDocument document)
    {
        operation.Security = [new() { [new(Key, document)] = [] }, new() { [new(Session, document)] = [] }];
        operation.Responses ??= [];
        foreach (
            var (status, words) in ((string, string)[])
                [
                    ("401", "Nobody has signed in"),
                    ("403", $"The account has not the right {right}"),
                    ("429", "Too many requests; Retry-After says when to come back"),
                ]
        )
            operation.Responses.TryAdd(status, Fault(words, document));
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "SituationMap",
            Version = ProductVersion.Text,
            Description = Words["description"]!.GetValue<string>(),
        };
        document.Components ??= new();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Key] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description =
                    "An API key (sm_…), a token of the configured authority, or in local mode the one in local.token in the data folder.",
            },
            [Session] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = SessionEndpoints.Cookie,
                Description =
                    "What POST /api/session sets. In local mode a browser has another cookie instead, from the address with "
                    + "the token that the server prints.",
            },
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[Problem] = ProblemSchema();
        NamedSchemas.Add(document);
        if (document.Components.Schemas.TryGetValue(nameof(FactReportSchema), out var fact))
            fact.Properties!["data"] = FactDataSchema.Make();
        var tags = (JsonObject)Words["tags"]!;
        foreach (var tag in document.Tags ?? new HashSet<OpenApiTag>())
            tag.Description = tags[tag.Name!]?.GetValue<string>();
        foreach (var (path, item) in document.Paths)
        {
            foreach (var (method, operation) in item.Operations ?? [])
            {
                Describe(operation, method.Method, path, document);
                foreach (var content in operation.RequestBody?.Content?.Values ?? [])
                    Relax(content.Schema, document);
            }
        }
    }

    private static void Describe(OpenApiOperation operation, string method, string path, OpenApiDocument document)
    {
        operation.OperationId = IdOf(method, path);
        var own = Words["operations"]![$"{method} {path}"] as JsonObject;
        foreach (var (name, added) in own?["adds"] as JsonObject ?? [])
        {
            (operation.Parameters ??= []).Add(
                new OpenApiParameter
                {
                    Name = name,
                    In = added!["in"]?.GetValue<string>() == "header" ? ParameterLocation.Header : ParameterLocation.Query,
                    Required = added["required"]?.GetValue<bool>() == true,
                    Schema = SchemaOf(added),
                    Style = added["type"]?.GetValue<string>() == "numbers" ? ParameterStyle.Form : null,
                    Explode = false,
                }
            );
        }
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            var known = Words["parameters"]![$"{parameter.Name} {path}"] ?? Words["parameters"]![parameter.Name!];
            parameter.Description ??= known?["description"]?.GetValue<string>();
            parameter.Example = (own?["asked"]?[parameter.Name!] ?? known?["example"])?.DeepClone();
        }
        if (own?["request"] is JsonObject request)
        {
            operation.RequestBody ??= new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType>() };
            foreach (var (type, example) in request)
            {
                var content = operation.RequestBody.Content!;
                if (!content.ContainsKey(type))
                    content[type] = new OpenApiMediaType
                    {
                        Schema = new OpenApiSchema
                        {
                            Type =
                                type.Contains("json", StringComparison.Ordinal) || type.StartsWith("multipart", StringComparison.Ordinal)
                                    ? JsonSchemaType.Object
                                    : JsonSchemaType.String,
                        },
                    };
                content[type].Example = example!.DeepClone();
                if (own["takes"]?.GetValue<string>() is { } takes)
                    content[type].Schema = new OpenApiSchemaReference(takes, document);
            }
        }
        foreach (var (status, answer) in operation.Responses ?? [])
        {
            foreach (var (type, content) in answer.Content ?? new Dictionary<string, OpenApiMediaType>())
            {
                var isGiven = status[0] == '2';
                if (isGiven && own?["gives"]?.GetValue<string>() is { } gives)
                    content.Schema = new OpenApiSchemaReference(gives, document);
                content.Example = RecordedExamples.Read(isGiven ? operation.OperationId : $"problem{status}", type);
            }
        }
    }

    private static OpenApiSchema SchemaOf(JsonNode added) =>
        added["type"]?.GetValue<string>() switch
        {
            "integer" => new()
            {
                Type = JsonSchemaType.Integer,
                Minimum = added["least"]?.ToString(),
                Maximum = added["most"]?.ToString(),
                Default = added["default"]?.DeepClone(),
            },
            // a box, also with heights
            "numbers" => new()
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema { Type = JsonSchemaType.Number },
                MinItems = 4,
                MaxItems = 6,
            },
            _ => new() { Type = JsonSchemaType.String, Format = added["format"]?.GetValue<string>() },
        };

    /// <summary>What may be null in a request, or in what it holds, may as well be left out.</summary>
    private static void Relax(IOpenApiSchema? schema, OpenApiDocument document)
    {
        var asked = schema is OpenApiSchema { Items: { } items } ? items : schema;
        if (
            asked is not OpenApiSchemaReference { Reference.Id: { } id }
            || document.Components!.Schemas![id] is not OpenApiSchema { Required: { } required, Properties: { } properties } known
        )
            return;
        known.Required = required.Where(name => !MayBeNull(properties[name])).ToHashSet();
        foreach (var list in properties.Values.OfType<OpenApiSchema>().Where(property => property.Items is not null))
            Relax(list, document);
    }

    private static bool MayBeNull(IOpenApiSchema schema) =>
        schema.Type?.HasFlag(JsonSchemaType.Null) == true || schema.OneOf?.Any(MayBeNull) == true;

    private static OpenApiResponse Fault(string words, OpenApiDocument document) =>
        new()
        {
            Description = words,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [RecordedExamples.ProblemType] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(Problem, document) },
            },
        };

    private static OpenApiSchema ProblemSchema()
    {
        var properties = new Dictionary<string, IOpenApiSchema>();
        foreach (var (name, words) in (JsonObject)Words["problem"]!)
            properties[name] = new OpenApiSchema
            {
                Type = name == "status" ? JsonSchemaType.Integer : JsonSchemaType.String,
                Description = words!.GetValue<string>(),
            };
        return new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Description = "What is wrong (RFC 9457), for programs and for people.",
            Properties = properties,
            Required = new HashSet<string> { "status", "title", "code", "field", "expected" },
            AdditionalPropertiesAllowed = true,
            Examples = RecordedExamples.Read("problem400", RecordedExamples.ProblemType) is { } example ? [example] : null,
        };
    }

    /// <summary>Such as <c>getApiHouseholdsCodeStatus</c>.</summary>
    private static string IdOf(string method, string path)
    {
        var name = new StringBuilder(method.ToLowerInvariant());
        foreach (var part in path.Split(['/', '{', '}', '.', '-', ':'], StringSplitOptions.RemoveEmptyEntries))
            name.Append(char.ToUpperInvariant(part[0])).Append(part.AsSpan(1));
        return name.ToString();
    }

    private static JsonObject ReadWords()
    {
        using var stream = typeof(ApiDocument).Assembly.GetManifestResourceStream("api.json")!;
        return (JsonObject)JsonNode.Parse(stream)!;
    }
}
