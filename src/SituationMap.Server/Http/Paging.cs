using Microsoft.AspNetCore.WebUtilities;
using SituationMap.Core;

namespace SituationMap.Server.Http;

/// <summary>Lists come in pages that link to the next one; no page is cut silently.</summary>
internal static class Paging
{
    public const int DefaultLimit = 100;
    public const int MaxLimit = 1_000;

    public static Fault? CheckLimit(int? limit) =>
        limit is null or (>= 1 and <= MaxLimit) ? null : new Fault("value-wrong", "limit", $"a whole number from 1 to {MaxLimit}");

    /// <summary>The same request from where this page ended; null after the last page.</summary>
    public static string? Next<T>(HttpRequest request, IReadOnlyList<T> page, int limit, Func<T, long> position)
    {
        if (page.Count < limit)
            return null;
        var query = request
            .Query.Where(parameter => parameter.Key != "after")
            .SelectMany(parameter => parameter.Value.Select(value => KeyValuePair.Create(parameter.Key, value)))
            .Append(new("after", position(page[^1]).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return QueryHelpers.AddQueryString(request.Here(), query);
    }
}
