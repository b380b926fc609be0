using System.Text.Json;
using Npgsql;

namespace SituationMap.Store.Database;

/// <summary>Names of members in SQL as they are in JSON.</summary>
internal sealed class CamelCaseNames : INpgsqlNameTranslator
{
    public static CamelCaseNames Instance { get; } = new();

    public string TranslateTypeName(string clrName) => JsonNamingPolicy.CamelCase.ConvertName(clrName);

    public string TranslateMemberName(string clrName) => JsonNamingPolicy.CamelCase.ConvertName(clrName);
}
