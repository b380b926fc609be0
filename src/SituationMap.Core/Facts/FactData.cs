using System.Globalization;
using System.Text.Json;
using SituationMap.Core.Calendar;

namespace SituationMap.Core.Facts;

/// <summary>Reads fields out of a fact's data, leniently: what is not there or not of the type is simply not there.</summary>
internal static class FactData
{
    public static bool TryField(JsonElement data, string field, out JsonElement value)
    {
        value = default;
        return data.ValueKind == JsonValueKind.Object && data.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;
    }

    public static string? Text(JsonElement data, string field) =>
        TryField(data, field, out var value)
            ? value.ValueKind == JsonValueKind.String
                ? value.GetString()
                : value.GetRawText()
            : null;

    public static Guid? Id(JsonElement data, string field) =>
        TryField(data, field, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetGuid(out var id) ? id : null;

    public static int? Number(JsonElement data, string field) =>
        TryField(data, field, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : null;

    /// <summary>UTC ticks of an instant; one without an offset (a bare date above all) is local time in the plan's zone.</summary>
    public static long? Instant(JsonElement data, string field, LocalDays days)
    {
        if (!TryField(data, field, out var value) || value.ValueKind != JsonValueKind.String)
            return null;
        var text = value.GetString()!;
        return TryInstant(text, days, out var ticks) ? ticks : null;
    }

    public static bool TryInstant(string text, LocalDays days, out long ticks)
    {
        ticks = 0;
        if (HasOffset(text))
        {
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant))
                return false;
            ticks = instant.UtcTicks;
            return true;
        }
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return false;
        ticks = days.ToUtc(local);
        return true;
    }

    private static bool HasOffset(string text)
    {
        if (text.EndsWith('Z') || text.EndsWith('z'))
            return true;
        var time = text.IndexOf('T', StringComparison.Ordinal);
        return time >= 0 && text.AsSpan(time).IndexOfAny('+', '-') >= 0;
    }
}
