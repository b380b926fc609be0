using Npgsql;
using NpgsqlTypes;
using SituationMap.Store.Database;
using SituationMap.Store.Persons;

namespace SituationMap.Server.Demo.Community;

/// <summary>Made-up names and phones for the persons of the demo community, as encrypted as those of real ones. The phones begin with 100,
/// as no number does.</summary>
internal static class DemoDetails
{
    private static readonly string[] Surnames =
    [
        "王",
        "李",
        "张",
        "刘",
        "陈",
        "杨",
        "赵",
        "黄",
        "周",
        "吴",
        "徐",
        "孙",
        "马",
        "朱",
        "胡",
        "郭",
        "何",
        "林",
        "高",
        "罗",
        "欧阳",
    ];
    private static readonly string[] Given =
    [
        "伟",
        "芳",
        "娜",
        "敏",
        "静",
        "丽",
        "强",
        "磊",
        "军",
        "洋",
        "勇",
        "艳",
        "杰",
        "娟",
        "涛",
        "明",
        "超",
        "秀英",
        "霞",
        "平",
        "桂英",
        "建国",
        "志强",
        "春梅",
        "玉兰",
        "晓东",
    ];

    public static async Task LoadAsync(NpgsqlDataSource owner, PersonVault vault, CancellationToken cancellation)
    {
        await using var connection = await owner.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var sealer = await vault.SealerAsync(connection, cancellation);
        await using var find = new NpgsqlCommand("SELECT id, code FROM person ORDER BY id", connection);
        (int Id, string Code)[] persons;
        await using (var reader = await find.ExecuteReaderAsync(cancellation))
            persons = await reader.ReadAllAsync(row => (row.GetInt32(0), row.GetString(1)), cancellation);
        var random = new DemoRandom("details");
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY person_detail (person, generation, name, name_index, phone, phone_index, changed_at) FROM STDIN (FORMAT BINARY)",
            cancellation
        );
        foreach (var (id, code) in persons)
        {
            var (name, phone) = (
                random.Pick(Surnames) + random.Pick(Given),
                FormattableString.Invariant($"100{random.Whole(0, 99_999_999):00000000}")
            );
            await copy.StartRowAsync(cancellation);
            await copy.WriteAsync(id, cancellation);
            await copy.WriteAsync(sealer.Generation, cancellation);
            await copy.WriteAsync(sealer.Seal(name, PersonDetails.NameField, code), cancellation);
            await copy.WriteAsync(sealer.Index(PersonDetails.NameField, name), cancellation);
            await copy.WriteAsync(sealer.Seal(phone, PersonDetails.PhoneField, code), cancellation);
            await copy.WriteAsync(sealer.Index(PersonDetails.PhoneField, phone), cancellation);
            await copy.WriteAsync(DateTime.UtcNow, NpgsqlDbType.TimestampTz, cancellation);
        }
        await copy.CompleteAsync(cancellation);
        await copy.DisposeAsync();
        await transaction.CommitAsync(cancellation);
    }
}
