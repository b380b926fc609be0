using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shouldly;
using SituationMap.Core.Facts;

namespace SituationMap.Server.Tests.Facts;

/// <summary>The fields of a kind of fact are the same for whoever takes them in, describes them, or keeps them.</summary>
public sealed partial class FactFieldsTests(PostgisCluster cluster)
{
    private static readonly DateTimeOffset Now = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly FactKind[] Kinds = Enum.GetValues<FactKind>();

    [Fact]
    public async Task Intake_and_database_take_and_refuse_the_same_data()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        foreach (var kind in Kinds)
        {
            var whole = Required(kind);
            foreach (var (data, what) in Variants(kind, whole).Append((whole, "what a fact must have")))
            {
                var isTaken = FactSchema.Check(kind, JsonSerializer.SerializeToElement(data), Now) is null;

                (
                    await database.ReadAsync<bool>(
                        $"SELECT has_fields_of('{FactReader.Name(kind)}', $1::jsonb) IS TRUE",
                        data.ToJsonString()
                    )
                ).ShouldBe(isTaken, $"{what}: {data.ToJsonString()}");
            }
            FactSchema.Check(kind, JsonSerializer.SerializeToElement(whole), Now).ShouldBeNull();
        }
    }

    [Fact]
    public async Task The_database_keeps_the_reference_that_the_fields_say()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        foreach (var kind in Kinds)
        {
            var data = Required(kind);
            foreach (var field in FactSchema.Of(kind).Where(field => field.Type == FactFieldType.Fact))
                data[field.Name] = Guid.NewGuid().ToString().ToUpperInvariant();

            var kept = await database.ReadAsync<string>(
                $"""
                INSERT INTO fact (id, grid, household, kind, at, received_at, source, data)
                SELECT gen_random_uuid(), grid, id, '{FactReader.Name(kind)}', now(), now(), 'system:test', $1::jsonb
                FROM household ORDER BY id LIMIT 1 RETURNING COALESCE(refers_to::text, '')
                """,
                data.ToJsonString()
            );

            kept.ShouldBe(FactSchema.Reference(kind, JsonSerializer.SerializeToElement(data))?.Fact.ToString() ?? "");
        }
    }

    [Fact]
    public async Task The_API_describes_the_fields_that_are_taken()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var document = await demo.GetJsonAsync("openapi/v1.json");
        var kinds = document
            .GetProperty("components")
            .GetProperty("schemas")
            .GetProperty("FactReportSchema")
            .GetProperty("properties")
            .GetProperty("data")
            .GetProperty("anyOf");
        foreach (var kind in Kinds)
        {
            var described = kinds.EnumerateArray().Single(schema => schema.GetProperty("title").GetString() == FactReader.Name(kind));

            var fields = FactSchema.Of(kind);
            Names(described, "properties", property => property.EnumerateObject().Select(field => field.Name))
                .ShouldBe(fields.Select(field => field.Name), ignoreOrder: true);
            Names(described, "required", required => required.EnumerateArray().Select(name => name.GetString()!))
                .ShouldBe(fields.Where(field => field.IsRequired).Select(field => field.Name), ignoreOrder: true);
            foreach (var field in fields.Where(field => field.Choices.Count > 0))
                described
                    .GetProperty("properties")
                    .GetProperty(field.Name)
                    .GetProperty("enum")
                    .EnumerateArray()
                    .Select(choice => choice.GetString())
                    .ShouldBe(field.Choices.Keys);
        }
    }

    [Fact]
    public void No_statement_of_the_store_reads_a_field_that_no_fact_has()
    {
        var known = Enum.GetValues<FactKind>().SelectMany(FactSchema.Of).Select(field => field.Name).ToHashSet();
        var sources = Directory
            .EnumerateFiles(Path.Combine(Sources.Root, "src", "SituationMap.Store"), "*.*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".sql", StringComparison.Ordinal));

        var read = sources.SelectMany(file => ReadField().Matches(File.ReadAllText(file))).Select(match => match.Groups["name"].Value);

        read.Distinct().Where(name => !known.Contains(name)).ShouldBeEmpty();
        read.ShouldContain("checkpoint");
    }

    private static IEnumerable<string> Names(JsonElement schema, string property, Func<JsonElement, IEnumerable<string>> read) =>
        schema.TryGetProperty(property, out var value) ? read(value) : [];

    /// <summary>The least that a fact of the kind has to say.</summary>
    private static JsonObject Required(FactKind kind)
    {
        var data = new JsonObject();
        foreach (var field in FactSchema.Of(kind).Where(field => field.IsRequired || field.OrElse is not null))
            data[field.Name] = Value(field);
        return data;
    }

    private static JsonNode Value(FactField field) =>
        field.Type switch
        {
            FactFieldType.Choice => field.Choices.Keys.First(),
            FactFieldType.WholeNumber or FactFieldType.Number => field.Max,
            FactFieldType.Boolean => true,
            FactFieldType.Instant => Now.AddDays(-1).ToString("O"),
            FactFieldType.Fact => Guid.NewGuid().ToString(),
            _ => "C-1",
        };

    /// <summary>Each field left out, null, of each other type and out of bounds; and both of two of which one has to be there.</summary>
    private static IEnumerable<(JsonObject Data, string What)> Variants(FactKind kind, JsonObject whole)
    {
        foreach (var field in FactSchema.Of(kind).Where(field => whole.ContainsKey(field.Name)))
        {
            JsonObject With(JsonNode? value)
            {
                var data = (JsonObject)whole.DeepClone();
                data[field.Name] = value;
                return data;
            }

            var without = With(null);
            yield return (without, $"{field.Name} is null");
            without = (JsonObject)without.DeepClone();
            without.Remove(field.Name);
            yield return (without, $"without {field.Name}");
            if (field.OrElse is { } other)
            {
                var instead = (JsonObject)With(null).DeepClone();
                instead[other] = Value(FactSchema.Of(kind).Single(one => one.Name == other));
                yield return (instead, $"{other} instead of {field.Name}, which is null");
                var both = (JsonObject)whole.DeepClone();
                both[other] = instead[other]!.DeepClone();
                yield return (both, $"{field.Name} and {other}");
                continue;
            }
            foreach (
                var wrong in (JsonNode[])["none of the choices", field.Max + 1, field.Min - 1, false, new JsonArray(), new JsonObject()]
            )
            {
                // a text that names no choice, instant or fact is a text to the database, which checks no more of it than that
                var isText =
                    field.Type is not (FactFieldType.Choice or FactFieldType.WholeNumber or FactFieldType.Number or FactFieldType.Boolean);
                if (wrong.GetValueKind() != Value(field).GetValueKind() || !isText)
                    if (!(field.Type == FactFieldType.Boolean && wrong.GetValueKind() == JsonValueKind.False))
                        yield return (With(wrong), $"{field.Name} is {wrong.ToJsonString()}");
            }
        }
    }

    [GeneratedRegex(@"\bdata->>?'(?<name>\w+)'", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex ReadField();
}
