using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Store.Access;

namespace SituationMap.Server.Tests.Access;

/// <summary>What is changed behind the back of the audit record, and a record that was taken back, are found.</summary>
public sealed class AnchorTests(PostgisCluster cluster) : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-anchor-").FullName;
    private LockedServer _locked = null!;

    private AuditAnchor Anchor => _locked.Server.Services.GetRequiredService<AuditAnchor>();

    public async ValueTask InitializeAsync()
    {
        _locked = new LockedServer(cluster) { Settings = [("SituationMap:AuditFolder", _folder)] };
        await _locked.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Anchor.Forget();
        await _locked.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_record_that_was_rolled_back_by_SQL_is_found_although_it_is_whole_by_itself()
    {
        await GrownAsync("before");
        await _locked.Database.ExecuteAsync(
            "CREATE TABLE old_seal AS TABLE audit_seal; CREATE TABLE old_head AS TABLE audit_head; CREATE TABLE old_audit AS TABLE audit"
        );
        await GrownAsync("after");
        (await Anchor.CompareAsync(default)).Faults.ShouldBeEmpty();

        // as an old backup would: rows, seals and the head that belong together
        await _locked.Database.ExecuteAsync(
            """
            SET session_replication_role = replica;
            DELETE FROM audit_seal WHERE sequence NOT IN (SELECT sequence FROM old_seal);
            DELETE FROM audit WHERE id NOT IN (SELECT id FROM old_audit);
            UPDATE audit_head h SET sequence = o.sequence, seal = o.seal FROM old_head o;
            RESET session_replication_role
            """
        );

        (await _locked.Audit.VerifyAsync(default)).Faults.ShouldBeEmpty();
        (await Anchor.CompareAsync(default)).Faults.Count.ShouldBe(2, "by the file beside the key and by the other one");
        await ReadySaysAsync("warning: the audit record is not what it was");
        // what is added since does not hide it
        for (var i = 0; i < 20; i++)
            await _locked.Accounts.AddAsync($"later-{i}", null, AuditEntry.OfConsole("add account", $"later-{i}"), default);
        await _locked.Audit.SealAsync(default);
        (await Anchor.CompareAsync(default)).Faults.Count.ShouldBe(2);
        await _locked.Server.LogsAsync("it was rolled back");

        await Anchor.AcceptAsync(_locked.Audit, AuditEntry.OfConsole("accept record", "audit"), default);

        await ReadySaysAsync("ready");
        (await _locked.Database.ReadAsync<long>("SELECT count(*) FROM audit WHERE action = 'accept record'")).ShouldBe(1);
    }

    [Fact]
    public async Task The_end_of_the_record_is_kept_in_both_folders_for_nobody_else_to_read()
    {
        await GrownAsync("kept");

        var file = Heads().ShouldHaveSingleItem();
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await File.ReadAllTextAsync(file)).ShouldBe(
            await _locked.Database.ReadAsync<string>(
                "SELECT sequence || ' ' || encode(seal, 'hex') || E'\\n' FROM audit_seal ORDER BY sequence DESC LIMIT 1"
            )
        );
    }

    [Theory]
    [InlineData("INSERT INTO access_grant (account, role) VALUES ('held', 'administrator')", "grant ", " of held is not in the record")]
    [InlineData("DELETE FROM access_grant WHERE account = 'held'", "grant ", " of held is in the record and not there")]
    [InlineData("UPDATE access_grant SET grid = NULL WHERE account = 'held'", "grant ", " of held is another than in the record")]
    [InlineData("UPDATE account SET password = 'x' WHERE name = 'held'", "account", " of held is another than in the record")]
    [InlineData("UPDATE credential SET role = NULL WHERE account = 'held'", "key ", " of held is another than in the record")]
    [InlineData("INSERT INTO account (name) VALUES ('planted')", "account", " of planted is not in the record")]
    [InlineData("DELETE FROM second_factor_role", "second factor required of approver", " is in the record and not there")]
    [InlineData("INSERT INTO second_factor_role (role) VALUES ('viewer')", "second factor required of viewer", " is not in the record")]
    public async Task What_is_granted_or_changed_by_SQL_is_found_and_named(string sql, string what, string fault)
    {
        await _locked.Accounts.AddAsync("held", LockedServer.Password, AuditEntry.OfConsole("add account", "held"), default);
        await _locked.Accounts.GrantAsync(
            "held",
            Role.Find("reporter")!,
            LockedServer.Inside,
            null,
            AuditEntry.OfConsole("grant", "held"),
            default
        );
        await _locked.Accounts.AddKeyAsync(
            "held",
            "",
            "reporter",
            null,
            DateTimeOffset.UtcNow.AddDays(1),
            AuditEntry.OfConsole("add key", "held"),
            default
        );
        await _locked.Accounts.RequireSecondFactorAsync(["approver"], AuditEntry.OfConsole("require second factor", "roles"), default);
        (await Anchor.CompareAccountsAsync(default)).ShouldBeEmpty();

        await _locked.Database.ExecuteAsync(sql);

        var found = (await Anchor.CompareAccountsAsync(default)).ShouldHaveSingleItem();
        found.ShouldStartWith(what);
        found.ShouldEndWith(fault);
    }

    [Fact]
    public async Task Everything_that_is_changed_by_us_is_in_the_record_and_a_grant_by_SQL_is_told_at_the_next_start()
    {
        using var client = await _locked.SignInAsync("usual", "viewer");
        await _locked.Accounts.GrantAsync("usual", Role.Find("planner")!, null, null, AuditEntry.OfConsole("grant", "usual"), default);
        await _locked.Accounts.RevokeAsync("usual", "planner", null, AuditEntry.OfConsole("revoke", "usual"), default);
        await _locked.Accounts.DisableAsync("usual", true, AuditEntry.OfConsole("disable", "usual"), default);
        await _locked.Accounts.SetPasswordAsync("usual", "six green candles", AuditEntry.OfConsole("set password", "usual"), default);
        (await Anchor.CompareAccountsAsync(default)).ShouldBeEmpty();
        await _locked.Database.ExecuteAsync("INSERT INTO access_grant (account, role) VALUES ('usual', 'administrator')");

        await using var next = await TestServer.StartAsync(_locked.Database, ("SituationMap:LocalMode", "false"));

        await DemoServer.WaitAsync(async () => (await ReadyAsync(next.Client))?.Contains("warning", StringComparison.Ordinal) == true);
        await next.LogsAsync("of usual is not in the record");
    }

    [Fact]
    public async Task Refused_requests_are_in_the_record_some_a_minute_and_how_many_were_left_out()
    {
        using var viewer = await _locked.SignInAsync("curious", "viewer");
        for (var i = 0; i < 40; i++)
        {
            (await viewer.GetAsync(new Uri("api/audit", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await _locked.Nobody.GetAsync(new Uri("api/grids", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        await DemoServer.WaitAsync(async () => await CountAsync("curious") >= 5 && await CountAsync("nobody") >= 5);

        // the minute may have turned over once
        (await CountAsync("curious")).ShouldBeLessThanOrEqualTo(10);
        (await CountAsync("nobody")).ShouldBeLessThanOrEqualTo(10);
        (
            await _locked.Database.ReadAsync<string>(
                "SELECT concat_ws(' ', subject, details->>'code') FROM audit WHERE action = 'refused' AND account = 'curious' LIMIT 1"
            )
        ).ShouldBe("GET /api/audit right-missing");
    }

    private Task<long> CountAsync(string account) =>
        _locked.Database.ReadAsync<long>("SELECT count(*) FROM audit WHERE action = 'refused' AND account = $1", account);

    /// <summary>The record has a new row, and its end is kept.</summary>
    private async Task GrownAsync(string subject)
    {
        await new AuditStore(_locked.Database.DataSource).AppendAsync(new AuditEntry("test", "test", subject, "test"), default);
        await DemoServer.WaitAsync(async () =>
            await _locked.Database.ReadAsync<bool>("SELECT count(*) = (SELECT count(*) FROM audit) FROM audit_seal")
            && Heads() is [var file]
            && (await File.ReadAllTextAsync(file)).StartsWith(
                await _locked.Database.ReadAsync<string>("SELECT max(sequence) || ' ' FROM audit_seal"),
                StringComparison.Ordinal
            )
        );
    }

    /// <summary>Without the draft of one that is just being written.</summary>
    private string[] Heads() => Directory.GetFiles(_folder, "*.head");

    private Task ReadySaysAsync(string words) =>
        DemoServer.WaitAsync(async () =>
            await ReadyAsync(_locked.Nobody) is { } said
            && (words == "ready" ? said == words : said.Contains(words, StringComparison.Ordinal))
        );

    /// <summary>Null: nobody in particular asks too often, and waits.</summary>
    private static async Task<string?> ReadyAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(new Uri("healthz/ready", UriKind.Relative));
        return answer.StatusCode == HttpStatusCode.TooManyRequests ? null : await answer.Content.ReadAsStringAsync();
    }
}
