using System.Text.Json;
using SituationMap.Store.Access;
using SituationMap.Store.Persons;
using SituationMap.Store.Settings;

namespace SituationMap.Store.Backups;

/// <summary>A copy of the two files of keys in one, as they stand; null: there was none.</summary>
public sealed record KeyCopy(string? Deployment, string? Persons)
{
    /// <summary>Those in place.</summary>
    public static KeyCopy Of(SituationMapOptions options) =>
        new(ReadIfThere(DeploymentKey.PathOf(options)), ReadIfThere(PersonKeys.PathOf(options)));

    /// <summary>Reads a copy.</summary>
    /// <exception cref="StartupException">It is not there, or something else.</exception>
    public static KeyCopy Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<KeyCopy>(File.ReadAllText(path), JsonSerializerOptions.Web) ?? throw new JsonException();
        }
        catch (JsonException failure)
        {
            throw new StartupException($"{path} is no copy of keys as backup makes them with --keys, or it is damaged.", failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The copy of the keys cannot be read from {path}: {failure.Message}", failure);
        }
    }

    /// <summary>Writes the copy, for its owner alone to read.</summary>
    public void Write(string path) => SecretFile.Write(path, JsonSerializer.Serialize(this, JsonSerializerOptions.Web), isNew: false);

    /// <summary>Puts the files in place where there are none; gives those that were made.</summary>
    /// <exception cref="StartupException">There are others; nothing was changed.</exception>
    public IReadOnlyList<string> PutInPlace(SituationMapOptions options)
    {
        (string Path, string? Text)[] files = [(DeploymentKey.PathOf(options), Deployment), (PersonKeys.PathOf(options), Persons)];
        foreach (var (path, text) in files)
        {
            if (text is not null && ReadIfThere(path) is { } there && there != text)
                throw new StartupException(
                    $"{path} holds other keys. Move it away first, or name another file with --SituationMap:KeyFile=…"
                );
        }
        var made = files.Where(file => file.Text is not null && !File.Exists(file.Path)).ToList();
        foreach (var (path, text) in made)
            SecretFile.Write(path, text!, isNew: true);
        return made.ConvertAll(file => file.Path);
    }

    private static string? ReadIfThere(string path) => File.Exists(path) ? File.ReadAllText(path) : null;
}
