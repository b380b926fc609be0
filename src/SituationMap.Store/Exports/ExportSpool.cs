namespace SituationMap.Store.Exports;

/// <summary>
/// A file without a name, gone when it is closed or the process dies, that only this user can read: no transaction waits for a client that
/// reads slowly, nor holds a large file in memory.
/// </summary>
public static class ExportSpool
{
    public static FileStream Create()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var file = new FileStream(Path.Combine(Path.GetTempPath(), $"situationmap-export-{Guid.NewGuid():N}"), options);
        File.Delete(file.Name);
        return file;
    }
}
