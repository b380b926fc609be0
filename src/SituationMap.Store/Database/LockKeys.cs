namespace SituationMap.Store.Database;

/// <summary>
/// The keys of all advisory locks. Any numbers do, as long as every version of this program uses the same. A lock is known by one long, or
/// by two ints, what for and which one; PostgreSQL keeps the two kinds apart.
/// </summary>
public static class LockKeys
{
    /// <summary>Changing the schema: one program at a time. "SituMap" read as bytes.</summary>
    public const long Migration = 0x53_69_74_75_4D_61_70;

    /// <summary>Granting a role its rights: two who change those of the same table fail.</summary>
    public const long Grants = 4_326_003;

    /// <summary>Importing: two could each add what the other adds.</summary>
    public const long Import = 4_326_001;

    /// <summary>Sealing the audit record. "SITAUD" read as bytes.</summary>
    public const long AuditSeal = 0x53_49_54_41_55_44;

    /// <summary>With a block of households' ids: working out their statuses. "Stat" read as bytes.</summary>
    public const int Statuses = 0x53_74_61_74;

    /// <summary>With a run's id: whoever works on that full recompute. "Full" read as bytes.</summary>
    public const int RecomputeRun = 0x46_75_6C_6C;

    /// <summary>With the hash of a job's name: whoever runs that job. "Jobs" read as bytes.</summary>
    public const int Job = 0x4A_6F_62_73;

    /// <summary>With the hash of an import's id: whoever works on that import. "Impo" read as bytes.</summary>
    public const int ImportRun = 0x49_6D_70_6F;

    /// <summary>With a household's id: adding to its retractions, whose chains are bounded. "Retr" read as bytes.</summary>
    public const int Retractions = 0x52_65_74_72;

    /// <summary>With the hash of an export's id: whoever writes that export. "Expo" read as bytes.</summary>
    public const int ExportRun = 0x45_78_70_6F;

    /// <summary>Making the tables of Hangfire: two who do so at once fail.</summary>
    public const long JobStore = 4_326_004;

    /// <summary>With the hash of an account's name: adding a subscription of it, for they are counted.</summary>
    public const int Subscription = 4_326_002;
}
