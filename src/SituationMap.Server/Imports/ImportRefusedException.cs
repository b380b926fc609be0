using SituationMap.Server.Http;

namespace SituationMap.Server.Imports;

/// <summary>A file cannot be imported at all. Its fault is meant for whoever sent it.</summary>
internal sealed class ImportRefusedException(string code, string field, string expected) : Exception($"{field}: expected {expected}")
{
    public Fault Fault { get; } = new(code, field, expected);
}
