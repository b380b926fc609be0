using System.ComponentModel.DataAnnotations;

namespace SituationMap.Store.Settings;

/// <summary>The backups that servers make by themselves every night.</summary>
public sealed class BackupOptions
{
    /// <summary>The folder they are written into, which should be on another disk; null: none are made.</summary>
    public string? Folder { get; init; }

    /// <summary>How many of them are kept.</summary>
    [Range(1, 1_000)]
    public int Keep { get; init; } = 7;
}
