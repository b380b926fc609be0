namespace SituationMap.Core;

/// <summary>Which schema of the API's description a property keeps to, where its type does not say: one of a few texts, GeoJSON, a
/// box.</summary>
/// <param name="name">As <c>schemas.json</c> beside the description has it.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SchemaAttribute(string name) : Attribute
{
    /// <summary>The schema's name.</summary>
    public string Name => name;
}
