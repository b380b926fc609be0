using System.Globalization;
using SituationMap.Store.Protocols;
using SituationMap.Store.Settings;

namespace SituationMap.Web.Tests;

/// <summary>The protocols of a zone of the world where it is ten in the morning: the readings of noon can be reported.</summary>
internal sealed class Morning : IDisposable
{
    public Morning()
    {
        var ahead = 10 - DateTime.UtcNow.Hour;
        ahead = ahead < -12 ? ahead + 24 : ahead;
        // the signs of these names are the other way round
        var zone = string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{-ahead:+0;-0}");
        foreach (var (name, text) in ProtocolCatalog.FilesOf(ProtocolCatalog.DataFolder, new SituationMapOptions()))
        {
            var path = Path.Combine(Protocols, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text.Replace("Asia/Shanghai", ahead == 0 ? "Etc/UTC" : zone, StringComparison.Ordinal));
        }
    }

    /// <summary>The folder, for the setting of that name.</summary>
    public string Protocols { get; } = Directory.CreateTempSubdirectory("situationmap-protocols-").FullName;

    public void Dispose() => Directory.Delete(Protocols, recursive: true);
}
