namespace SituationMap.Store.Access;

/// <summary>Writes files that nobody but their owner may read, each whole or not at all.</summary>
public static class SecretFile
{
    /// <param name="isNew">Whether there is none yet; of several who make it at once one wins, and the others find his.</param>
    public static void Write(string path, string text, bool isNew)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var draft = $"{path}.{Guid.NewGuid():N}";
            var settings = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                settings.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(draft, settings))
            {
                file.Write(System.Text.Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }
            try
            {
                File.Move(draft, path, overwrite: !isNew);
            }
            catch (IOException) when (isNew && File.Exists(path))
            {
                File.Delete(draft);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"{path}, which holds a secret, cannot be written: {failure.Message} Name another file with "
                    + "--SituationMap:KeyFile=… or --SituationMap:PersonKeys=…, or another folder with --SituationMap:DataFolder=…",
                failure
            );
        }
    }

    /// <summary>Says that a secret is missing where none may be made by itself, since another process may have it.</summary>
    public static StartupException Missing(string path, string what) =>
        new(
            $"{path}, which holds {what}, is not there. All processes over one database share it: put it there, or, of a "
                + "database that never had one, make it with the verb: secrets make"
        );
}
