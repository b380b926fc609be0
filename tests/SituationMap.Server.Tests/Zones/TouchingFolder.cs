using System.Text.Json;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Zones;

/// <summary>A folder of protocols with the edition <c>touching</c>: 2020-02, but whatever building a zone's outline touches is in
/// it.</summary>
internal sealed class TouchingFolder : IDisposable
{
    /// <summary>Before anything that the demo community reports.</summary>
    public static readonly DateTimeOffset LongAgo = new(2020, 1, 24, 0, 0, 0, TimeSpan.FromHours(8));

    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-protocols-").FullName;

    /// <param name="overlaid">The code of a grid that counts as <c>touching</c> does also under 2020-02; null: none.</param>
    /// <param name="editions">The editions of the plan <c>demo</c>, and from when each is in force.</param>
    public TouchingFolder(string? overlaid, params (string Edition, DateTimeOffset From)[] editions)
        : this(overlaid, _ => { }, editions) { }

    /// <param name="change">Changes the texts of the files, by their names.</param>
    public TouchingFolder(
        string? overlaid,
        Action<IDictionary<string, string>> change,
        params (string Edition, DateTimeOffset From)[] editions
    )
    {
        var files = ProtocolCatalog.FilesOf(ProtocolCatalog.DataFolder, new SituationMapOptions());
        files["touching.json"] = files["2020-02.json"]
            .Replace("\"id\": \"2020-02\"", "\"id\": \"touching\"", StringComparison.Ordinal)
            .Replace("\"zoneTest\": \"point\"", "\"zoneTest\": \"intersects\"", StringComparison.Ordinal);
        object[] overlays = overlaid is null
            ? []
            :
            [
                new
                {
                    grid = overlaid,
                    edition = "2020-02",
                    set = new Dictionary<string, string> { ["zones/zoneTest"] = "intersects" },
                },
            ];
        files["plans/demo.json"] = JsonSerializer.Serialize(
            new
            {
                id = "demo",
                name = new Dictionary<string, string> { ["zh-CN"] = "试验", ["en"] = "Test" },
                timeZone = "Asia/Shanghai",
                editions = editions.Select(entry => new { edition = entry.Edition, from = entry.From }),
                overlays,
            }
        );
        change(files);
        foreach (var (name, text) in files)
        {
            var path = System.IO.Path.Combine(_folder, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
    }

    /// <summary>For <c>SituationMap:Protocols</c>.</summary>
    public string Path => _folder;

    public ProtocolCatalog Load() => ProtocolCatalog.Load(ProtocolCatalog.DataFolder, new SituationMapOptions { Protocols = _folder });

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
