using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Access;

/// <summary>Who tries passwords waits, where he is; nobody else does.</summary>
public sealed class LockoutTests(PostgisCluster cluster) : IAsyncLifetime
{
    private readonly LockedServer _locked = new(cluster) { Settings = [("SituationMap:Proxies:0", "127.0.0.1")] };

    public ValueTask InitializeAsync() => _locked.InitializeAsync();

    public ValueTask DisposeAsync() => _locked.DisposeAsync();

    [Fact]
    public async Task Wrong_passwords_make_the_address_wait_twice_as_long_each_time_and_nobody_elsewhere()
    {
        using var _ = await _locked.SignInAsync("carl", "viewer");
        await _locked.Database.ExecuteAsync("DELETE FROM sign_in_try");
        for (var i = 0; i < 5; i++)
            (await TryAsync("carl", $"wrong {i}")).Status.ShouldBe(HttpStatusCode.Unauthorized);

        var refused = await TryAsync("carl", LockedServer.Password);
        (refused.Status, refused.RetryAfter).ShouldBe((HttpStatusCode.TooManyRequests, 1));
        await WaitedAsync();
        (await TryAsync("carl", "wrong again")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await TryAsync("carl", LockedServer.Password)).RetryAfter.ShouldBe(2);
        (await TryAsync("carl", LockedServer.Password, from: "198.51.100.7")).Status.ShouldBe(HttpStatusCode.OK);
        // to a quarter of an hour
        await _locked.Database.ExecuteAsync("UPDATE sign_in_try SET failures = 200, waits_until = now() WHERE succeeded_at IS NULL");
        await _locked.Database.ExecuteAsync("UPDATE sign_in_try SET failures = 60 WHERE origin = '127.0.0.1'");
        (await TryAsync("carl", "wrong again")).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await TryAsync("carl", LockedServer.Password)).RetryAfter.ShouldBe(900);

        async Task WaitedAsync() => await _locked.Database.ExecuteAsync("UPDATE sign_in_try SET waits_until = now()");
    }

    [Fact]
    public async Task A_name_that_no_account_has_is_answered_as_a_wrong_password_is()
    {
        using var _ = await _locked.SignInAsync("dana", "viewer");
        for (var i = 0; i < 5; i++)
        {
            var known = await TryAsync("dana", "wrong", from: "198.51.100.20");
            (await TryAsync("dana-who", "wrong", from: "198.51.100.20")).Text.ShouldBe(known.Text);
            known.Text.ShouldContain("sign-in-refused");
        }

        // both wait from here on; longer than this test takes
        await _locked.Database.ExecuteAsync(
            "UPDATE sign_in_try SET waits_until = now() + interval '10 minutes' WHERE waits_until > last_at"
        );
        foreach (var name in (string[])["dana", "dana-who"])
            (await TryAsync(name, "wrong", from: "198.51.100.20")).Status.ShouldBe(HttpStatusCode.TooManyRequests, name);
    }

    [Fact]
    public async Task Beyond_a_hundred_failures_from_everywhere_only_addresses_that_never_got_in_wait()
    {
        using var _ = await _locked.SignInAsync("emma", "viewer");
        await _locked.Database.ExecuteAsync(
            "INSERT INTO sign_in_try SELECT sha256('emma'), '203.0.113.' || n, 4, now(), now() FROM generate_series(1, 25) n"
        );

        (await TryAsync("emma", LockedServer.Password, from: "198.51.100.30")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await TryAsync("emma", LockedServer.Password)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Of_two_hundred_tries_at_once_a_few_are_compared_and_all_are_answered_soon_and_the_owner_gets_in()
    {
        using var _ = await _locked.SignInAsync("fina", "viewer");
        var watch = Stopwatch.StartNew();

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => TryAsync("fina", $"wrong {i}", from: "198.51.100.40")));

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30));
        // what is compared and wrong is in the record
        var compared = await _locked.Database.ReadAsync<long>(
            "SELECT count(*) FROM audit WHERE action = 'sign-in refused' AND subject = 'fina'"
        );
        compared.ShouldBeInRange(1, 12);
        answers.Count(answer => answer.Status == HttpStatusCode.Unauthorized).ShouldBe((int)compared);
        answers.ShouldAllBe(answer =>
            answer.Status == HttpStatusCode.Unauthorized
            || answer.Status == HttpStatusCode.TooManyRequests
            || answer.Status == HttpStatusCode.ServiceUnavailable
        );
        (await TryAsync("fina", LockedServer.Password)).Status.ShouldBe(HttpStatusCode.OK);
    }

    /// <param name="from">As a trusted proxy says.</param>
    private async Task<(HttpStatusCode Status, int RetryAfter, string Text)> TryAsync(string name, string password, string? from = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_locked.Server.Address, "api/session"))
        {
            Content = JsonContent.Create(new { name, password }),
        };
        if (from is not null)
            request.Headers.Add("X-Forwarded-For", from);
        using var answer = await _locked.Nobody.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (
            answer.StatusCode,
            (int)(answer.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0),
            // each has an id of its own
            System.Text.RegularExpressions.Regex.Replace(text, "\"traceId\":\"[^\"]*\"", "", default, TimeSpan.FromSeconds(1))
        );
    }
}
