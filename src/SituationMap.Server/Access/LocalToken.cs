using System.Security.Cryptography;
using System.Text;
using SituationMap.Store;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Access;

/// <summary>
/// What proves that a program or a browser is its user's whose server it is: 256 random bits in <c>local.token</c> in the data folder,
/// which nobody else can read. Made at the first start in local mode; where the file is removed, the next start makes another.
/// </summary>
internal sealed class LocalToken
{
    private static readonly int Length = Secret.Make().Length;

    private readonly byte[] _bytes;

    private LocalToken(string text) => (Text, _bytes) = (text, Encoding.ASCII.GetBytes(text));

    /// <summary>As it stands in the file.</summary>
    public string Text { get; }

    public static string PathOf(SituationMapOptions options) =>
        Path.Combine(DataFolder.AsConfigured(options.DataFolder).Path, "local.token");

    /// <summary>The one in the file, made where there is none that nobody else could have read.</summary>
    /// <exception cref="StartupException">The file cannot be read or made.</exception>
    public static LocalToken Open(SituationMapOptions options)
    {
        var path = PathOf(options);
        if (Read(options) is { } known && !OthersMayRead(path))
            return known;
        SecretFile.Write(path, Secret.Make() + "\n", isNew: !File.Exists(path));
        // of several servers that begin at once, one has made it
        return Read(options) ?? throw new StartupException($"{path} changed while it was read. Start again.");
    }

    /// <summary>The one in the file; null: no server in local mode has been started with this data folder.</summary>
    /// <exception cref="StartupException">It is there and cannot be read.</exception>
    public static LocalToken? Read(SituationMapOptions options)
    {
        var path = PathOf(options);
        try
        {
            var text = File.Exists(path) ? File.ReadAllText(path).Trim() : "";
            return text.Length == Length && Ascii.IsValid(text) ? new LocalToken(text) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The token of local mode cannot be read from {path}: {failure.Message} It is for the user who starts the server.",
                failure
            );
        }
    }

    /// <summary>Takes as long whatever is shown.</summary>
    public bool Is(ReadOnlySpan<char> shown)
    {
        Span<byte> bytes = stackalloc byte[64];
        return Encoding.UTF8.TryGetBytes(shown, bytes, out var written)
            && CryptographicOperations.FixedTimeEquals(bytes[..written], _bytes);
    }

    private static bool OthersMayRead(string path)
    {
        const UnixFileMode owners = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) | owners) != owners;
    }
}
