using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;

namespace SituationMap.Benchmarks;

/// <summary>What of one side stood in answers to the other.</summary>
internal sealed class BorderLeaks
{
    private readonly ConcurrentDictionary<string, int> _times = [];
    private long _bytes;

    public long Bytes => _bytes;

    /// <summary>Where something came across and how often, the most frequent first.</summary>
    public IEnumerable<KeyValuePair<string, int>> Found => _times.OrderByDescending(leak => leak.Value);

    /// <param name="besides">What may stand there all the same; null: nothing.</param>
    public void Look(BorderSide other, string text, string what, string? besides)
    {
        if (!text.AsSpan().ContainsAny(other.Wanted))
            return;
        foreach (var secret in other.Secrets)
        {
            if (text.Contains(secret, StringComparison.Ordinal) && besides?.Contains(secret, StringComparison.Ordinal) != true)
                Add($"{what}: {secret}", Encoding.UTF8.GetByteCount(secret));
        }
    }

    public void Add(string where, int bytes)
    {
        _times.AddOrUpdate(where, 1, (_, times) => times + 1);
        Interlocked.Add(ref _bytes, bytes);
    }

    /// <summary>What stands in an answer, whatever its form; a spreadsheet is a zip file.</summary>
    public static string TextOf(string path, byte[] bytes)
    {
        if (!path.Contains("xlsx", StringComparison.Ordinal) || bytes is not [(byte)'P', (byte)'K', ..])
            return Encoding.UTF8.GetString(bytes);
        using var zip = new ZipArchive(new MemoryStream(bytes));
        var text = new StringBuilder();
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(entry.Open());
            text.Append(reader.ReadToEnd());
        }
        return text.ToString();
    }
}
