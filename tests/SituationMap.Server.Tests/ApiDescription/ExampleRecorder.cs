using System.Text.Json.Nodes;
using Shouldly;
using SituationMap.Server.ApiDescription;

namespace SituationMap.Server.Tests.ApiDescription;

/// <summary>Asks a real server what its description says, as its examples say it, and compares each answer with the recorded one, or
/// records it.</summary>
internal sealed class ExampleRecorder(JsonNode document, Uri server, bool records)
{
    private const int MostQuoted = 600;

    private static readonly string Folder = Path.Combine(Sources.Root, "src", "SituationMap.Server", "ApiDescription", "Examples");

    public IReadOnlyDictionary<string, DescribedOperation> Operations { get; } = DescribedOperation.AllOf(document);

    /// <summary>The operations that were asked for; what one answers the first time is its example.</summary>
    public HashSet<string> Asked { get; } = [];

    /// <summary>The files that are written or compared.</summary>
    public HashSet<string> Files { get; } = [];

    /// <summary>What is not as recorded.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Asks once for each type of answer; gives the last one.</summary>
    public async Task<JsonNode?> AskAsync(HttpClient client, string id, DescribedOperation.With? with = null)
    {
        var operation = Operations[id];
        var isFirst = Asked.Add(id);
        string? answer = null;
        foreach (var type in operation.Types.Cast<string?>().DefaultIfEmpty(null))
        {
            using var request = operation.Ask(type, with ?? new());
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var summary = $"{id} {request.RequestUri}: {(int)response.StatusCode}";
            if (!operation.Answers((int)response.StatusCode))
                Faults.Add($"{summary} {Begin(await response.Content.ReadAsStringAsync())}");
            else if (type is null)
                continue;
            else if (response.Content.Headers.ContentType?.MediaType != type)
                Faults.Add($"{summary} {response.Content.Headers.ContentType} in place of {type}");
            else
            {
                answer = await response.Content.ReadAsStringAsync();
                if (isFirst)
                    await KeepAsync(RecordedExamples.FileOf(id, type)!, answer);
            }
        }
        return answer is null || operation.Types[^1] is not [.., 'j', 's', 'o', 'n'] ? null : JsonNode.Parse(answer);
    }

    public async Task RefusedAsync(int status, HttpResponseMessage response)
    {
        var answer = await response.Content.ReadAsStringAsync();
        ((int)response.StatusCode).ShouldBe(status, answer);
        await KeepAsync(RecordedExamples.FileOf($"problem{status}", RecordedExamples.ProblemType)!, answer);
    }

    private async Task KeepAsync(string name, string answer)
    {
        var (file, isJson) = (
            Path.Combine(Folder, name),
            !name.EndsWith("csv", StringComparison.Ordinal) && !name.EndsWith("ndjson", StringComparison.Ordinal)
        );
        var kept = Example.Keep(answer, isJson, server);
        Files.Add(name);
        var known = File.Exists(file) ? await File.ReadAllTextAsync(file) : null;
        if (known is not null && Example.Compared(known, isJson) == Example.Compared(kept, isJson))
            return;
        if (records)
            await File.WriteAllTextAsync(file, kept);
        else
            Faults.Add($"{name}: recorded {Begin(known)}, answered {Begin(kept)}");
    }

    private static string? Begin(string? answer) => answer is { Length: > MostQuoted } ? answer[..MostQuoted] : answer;

    /// <summary>Examples of what nobody answers any more.</summary>
    public IEnumerable<string> Leftover() => Directory.GetFiles(Folder).Select(file => Path.GetFileName(file)!).Except(Files);
}
