using SituationMap.Store.Access;
using SituationMap.Store.Settings;

namespace SituationMap.Store.Persons;

/// <summary>The keys under which what is known of persons is encrypted (<c>SituationMap:PersonKeys</c>).</summary>
public static class PersonKeys
{
    private static readonly KeyFileWords Words = new(
        "the keys of what is known of persons",
        "what is known of persons",
        "without it nothing of persons can be read"
    );

    public static string PathOf(SituationMapOptions options) =>
        Path.GetFullPath(options.PersonKeys ?? Path.Combine(Path.GetDirectoryName(DeploymentKey.PathOf(options))!, "persons.keys"));

    /// <inheritdoc cref="KeyRing.Read"/>
    public static KeyRing Read(string path) => KeyRing.Read(path, Words);

    /// <inheritdoc cref="KeyRing.Parse"/>
    public static KeyRing Parse(string path, string text) => KeyRing.Parse(path, Words, text);

    /// <summary>Says that the file is not there.</summary>
    public static StartupException Missing(string path) => SecretFile.Missing(path, Words.Keys);
}
