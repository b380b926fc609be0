using System.Net.Http.Json;
using Npgsql;
using Shouldly;
using SituationMap.Store.Access;

namespace SituationMap.Server.Tests.Access;

public sealed class AuditTests(LockedServer locked) : IClassFixture<LockedServer>
{
    private const int Tamperings = 200;

    [Fact]
    public async Task Leaving_names_that_no_account_has_masked_members_and_reading_the_record_leave_rows_too()
    {
        using var reporter = await locked.SignInAsync("olga", "reporter");
        using var auditor = await locked.SignInAsync("petra", "auditor");
        (await reporter.GetAsync(new Uri("api/households/H-01-0001/members", UriKind.Relative))).EnsureSuccessStatusCode();
        (await reporter.DeleteAsync(new Uri("api/session", UriKind.Relative))).EnsureSuccessStatusCode();
        (
            await locked.Nobody.PostAsJsonAsync("api/session", new { name = "a password typed as a name", password = "x" })
        ).IsSuccessStatusCode.ShouldBeFalse();
        await LockedServer.GetAsync(auditor, "api/audit?account=olga");

        (await ActionsAsync("olga")).ShouldBe(["sign-in", "see masked persons", "sign-out"]);
        (await ActionsAsync("petra")).ShouldBe(["sign-in", "read audit record"]);
        (
            await locked.Database.ReadAsync<long>(
                "SELECT count(*) FROM audit WHERE action = 'sign-in refused' AND subject = 'a name that no account has'"
            )
        ).ShouldBe(1);
        (await locked.Database.ReadAsync<long>("SELECT count(*) FROM audit WHERE audit::text LIKE '%a password typed%'")).ShouldBe(0);

        Task<IReadOnlyList<string>> ActionsAsync(string account) =>
            locked.Database.ReadRowsAsync("SELECT action FROM audit WHERE account = $1 ORDER BY id", row => row.GetString(0), account);
    }

    [Fact]
    public async Task Every_change_leaves_a_row_that_says_who_and_from_where()
    {
        using var reporter = await locked.SignInAsync("hugo", "reporter");
        using var auditor = await locked.SignInAsync("ines", "auditor");
        (await reporter.PostAsJsonAsync("api/facts", DemoServer.Returned("H-01-0001"))).EnsureSuccessStatusCode();

        var rows = (await LockedServer.GetAsync(auditor, "api/audit?account=hugo")).GetProperty("rows").EnumerateArray().ToList();

        rows.Select(row => row.GetProperty("action").GetString()).ShouldBe(["POST /api/facts", "sign-in"]);
        rows.ShouldAllBe(row => row.GetProperty("origin").GetString() == "127.0.0.1");
    }

    [Fact]
    public async Task The_record_is_only_added_to()
    {
        await new AuditStore(locked.Database.DataSource).AppendAsync(new AuditEntry("test", "test", "append only", "test"), default);

        foreach (var sql in (string[])["UPDATE audit SET account = 'x'", "DELETE FROM audit", "TRUNCATE audit", "DELETE FROM audit_seal"])
            (await Should.ThrowAsync<PostgresException>(() => locked.Database.ExecuteAsync(sql))).SqlState.ShouldBe(
                PostgresErrorCodes.RestrictViolation,
                sql
            );
    }

    [Fact]
    public async Task Two_hundred_tamperings_by_a_superuser_are_all_found_and_a_clean_record_is_clean()
    {
        var store = new AuditStore(locked.Database.DataSource);
        for (var i = 0; i < 60; i++)
            await store.AppendAsync(
                new AuditEntry($"account-{i % 7}", "test", $"subject {i}", "test", i % 3 == 0 ? "purpose" : null),
                default
            );
        (await locked.Audit.VerifyAsync(default)).Faults.ShouldBeEmpty();
        await using var connection = await locked.Database.DataSource.OpenConnectionAsync();
        var random = new Random(20200205);
        var missed = new List<string>();
        for (var i = 0; i < Tamperings; i++)
        {
            var sequence = random.NextInt64(1, await locked.Database.ReadAsync<long>("SELECT max(sequence) FROM audit_seal") + 1);
            var sql = Tampering(random.Next(8), sequence);
            await using var transaction = await connection.BeginTransactionAsync();
            await using var tamper = new NpgsqlCommand("SET LOCAL session_replication_role = replica; " + sql, connection);
            await tamper.ExecuteNonQueryAsync();
            if ((await locked.Audit.LookThroughAsync(connection, default)).Faults.Count == 0)
                missed.Add(sql);
            await transaction.RollbackAsync();
        }

        missed.ShouldBeEmpty();
        (await locked.Audit.VerifyAsync(default)).Faults.ShouldBeEmpty();
    }

    private static string Tampering(int kind, long sequence)
    {
        var row = $"(SELECT entry FROM audit_seal WHERE sequence = {sequence})";
        var neighbour = sequence == 1 ? 2 : sequence - 1;
        return kind switch
        {
            0 => $"UPDATE audit SET account = account || 'x' WHERE id = {row}",
            1 => $"UPDATE audit SET at = at + interval '1 microsecond' WHERE id = {row}",
            2 => $"UPDATE audit SET purpose = CASE WHEN purpose IS NULL THEN '' END WHERE id = {row}",
            3 => $"DELETE FROM audit WHERE id = {row}",
            4 => $"DELETE FROM audit WHERE id = {row}; DELETE FROM audit_seal WHERE sequence = {sequence}",
            5 => $"UPDATE audit SET subject = subject || '.', details = '{{}}' WHERE id = {row}",
            6 => $"DELETE FROM audit WHERE id IN (SELECT entry FROM audit_seal WHERE sequence >= {sequence}); DELETE FROM "
                + $"audit_seal WHERE sequence >= {sequence}",
            // two that trade places
            _ => $"UPDATE audit_seal SET sequence = -1 WHERE sequence = {sequence}; UPDATE audit_seal SET sequence = {sequence} "
                + $"WHERE sequence = {neighbour}; UPDATE audit_seal SET sequence = {neighbour} WHERE sequence = -1",
        };
    }
}
