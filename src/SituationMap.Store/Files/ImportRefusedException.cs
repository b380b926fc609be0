using SituationMap.Core;

namespace SituationMap.Store.Files;

/// <summary>A file cannot be imported at all. Its fault is meant for whoever sent it.</summary>
public sealed class ImportRefusedException(string code, string field, string expected) : Exception($"{field}: expected {expected}")
{
    public Fault Fault { get; } = new(code, field, expected);
}
