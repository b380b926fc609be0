using SituationMap.Store.Access;
using SituationMap.Store.Persons;
using SituationMap.Store.Settings;

namespace SituationMap.Testing;

/// <summary>The keys that a server over a database which somebody names does not make by itself: where it looks for them, below the folder
/// the tests run in.</summary>
internal static class TestSecrets
{
    public static DeploymentKey Make()
    {
        var options = new SituationMapOptions();
        if (PersonKeys.Read(PersonKeys.PathOf(options)) is { Current: 0 } none)
            none.WithNext();
        return DeploymentKey.Open(options, mayMake: true);
    }

    /// <summary>The vault of a store, with these keys.</summary>
    public static Task<PersonVault> OpenVaultAsync(TestDatabase database) =>
        PersonVault.OpenAsync(
            database.DataSource,
            PersonKeys.PathOf(new SituationMapOptions()),
            Make(),
            mayMake: true,
            CancellationToken.None
        );
}
