namespace SituationMap.Store.Database;

/// <summary>
/// A file held open by one process at a time. The operating system lets go of it when the process ends, however it ends,
/// so there is nothing to clean up after a crash.
/// </summary>
public sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, or gives null where another process has it.</summary>
    public static FolderLock? TryTake(string path)
    {
        try
        {
            // a file that is open with FileShare.None is locked against every other opener
            return new FolderLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>Waits for the lock.</summary>
    /// <exception cref="TimeoutException">Another process kept it longer than that.</exception>
    public static async Task<FolderLock> WaitAsync(string path, TimeSpan atMost)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (TryTake(path) is { } taken)
                return taken;
            if (TimeProvider.System.GetElapsedTime(deadline) > atMost)
                throw new TimeoutException($"Another process has kept {path} locked for {atMost.TotalMinutes:0} minutes.");
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    public void Dispose() => _file.Dispose();
}
