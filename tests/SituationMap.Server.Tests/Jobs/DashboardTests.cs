using System.Net;
using Shouldly;
using SituationMap.Server.Tests.Access;

namespace SituationMap.Server.Tests.Jobs;

/// <summary>The pages of jobs, for whoever may see and do what there.</summary>
public sealed class DashboardTests(LockedServer locked) : IClassFixture<LockedServer>
{
    [Fact]
    public async Task An_operator_starts_jobs_there_and_an_auditor_only_looks()
    {
        using var administrator = await locked.SignInAsync("dashboard-administrator", "administrator");
        using var auditor = await locked.SignInAsync("dashboard-auditor", "auditor");

        (await GetAsync(administrator, "hangfire/recurring")).ShouldContain("Trigger now");
        var looked = await GetAsync(auditor, "hangfire/recurring");
        looked.ShouldContain("sweep");
        looked.ShouldNotContain("Trigger now");

        (await TriggerAsync(auditor)).ShouldBe(HttpStatusCode.Forbidden);
        (await locked.Database.ReadAsync<long>("SELECT count(*) FROM job_run WHERE job = 'record'")).ShouldBe(0);
        (await TriggerAsync(administrator)).ShouldBe(HttpStatusCode.NoContent);
        await DemoServer.WaitAsync(async () =>
            await locked.Database.ReadAsync<long>("SELECT count(*) FROM job_run WHERE job = 'record' AND succeeded") == 1
        );
        (
            await locked.Database.ReadAsync<long>(
                "SELECT count(*) FROM audit WHERE account = 'dashboard-administrator' AND subject = '/hangfire/recurring/trigger'"
            )
        ).ShouldBe(1);
    }

    [Theory]
    [InlineData("hangfire")]
    [InlineData("hangfire/recurring")]
    [InlineData("hangfire/jobs/succeeded")]
    [InlineData("hangfire/css1")]
    public async Task Nobody_else_gets_anything(string path)
    {
        using var viewer = await locked.WithKeyAsync($"dashboard-viewer-{path.GetHashCode(StringComparison.Ordinal)}", "viewer");

        (await locked.Nobody.GetAsync(new Uri(path, UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await viewer.GetAsync(new Uri(path, UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Another_site_can_do_nothing_there()
    {
        using var administrator = await locked.SignInAsync("dashboard-lured", "administrator");
        administrator.DefaultRequestHeaders.Add("Sec-Fetch-Site", "cross-site");

        (await TriggerAsync(administrator)).ShouldBe(HttpStatusCode.Forbidden);
    }

    private static async Task<string> GetAsync(HttpClient client, string path)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("script-src 'self';");
        policy.ShouldContain("frame-ancestors 'none'");
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<HttpStatusCode> TriggerAsync(HttpClient client)
    {
        using var form = new FormUrlEncodedContent([new("jobs[]", "record")]);
        using var answer = await client.PostAsync(new Uri("hangfire/recurring/trigger", UriKind.Relative), form);
        return answer.StatusCode;
    }
}
