using System.Net;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Access;
using SituationMap.Store.Access;

namespace SituationMap.Server.Tests.Access;

/// <summary>Every endpoint of the routing table, for every role, within its grid and outside of it.</summary>
public sealed class MatrixTests(LockedServer locked) : IClassFixture<LockedServer>
{
    public static TheoryData<string> Roles => [.. Role.Names, "nobody"];

    [Fact]
    public void Every_endpoint_has_a_row_that_says_what_it_needs()
    {
        var endpoints = locked
            .Server.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText is not ("/" or "/api/{**path}"))
            // what is about the own account needs no right: OwnAccountTests
            .Where(endpoint => !endpoint.Metadata.GetMetadata<RequiredRight>()!.IsOwnAccount)
            .SelectMany(endpoint =>
                (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method =>
                    (
                        $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}",
                        endpoint.Metadata.GetMetadata<RequiredRight>()!.Right,
                        endpoint.Metadata.GetMetadata<RequiredRight>()!.Or
                    )
                )
            )
            .Where(endpoint => !endpoint.Item1.StartsWith("HEAD ", StringComparison.Ordinal))
            .ToHashSet();

        var rows = Matrix.Table.Select(row => (row.Endpoint, row.Right, row.Or)).ToHashSet();
        endpoints.Except(rows).ShouldBeEmpty("they have no row, or one that says something else");
        rows.Except(endpoints).ShouldBeEmpty("there is no such endpoint, or it needs something else");
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A_role_reaches_what_it_needs_within_its_grid_and_nothing_else(string name)
    {
        var role = Role.Find(name);
        var inside = role is { IsForWholeCity: true } or { IsAtCheckpoint: true } ? null : LockedServer.Inside;
        using var client = role is null
            ? new HttpClient { BaseAddress = locked.Server.Address }
            : await locked.SignInAsync($"matrix-{name}", name, inside);
        var (own, other) = (await SampleAsync(LockedServer.Inside), await SampleAsync(LockedServer.Outside));
        var wrong = new List<string>();
        foreach (var row in Matrix.Table)
        {
            var may = row.Right is null || role?.Rights.Any(right => right == row.Right || right == row.Or) == true;
            await CheckAsync(
                row,
                own,
                may ? null
                    : role is null ? HttpStatusCode.Unauthorized
                    : HttpStatusCode.Forbidden
            );
            if (may && row.AsksAboutOne && inside is not null)
                await CheckAsync(
                    row,
                    other,
                    row.Address!.Contains('?', StringComparison.Ordinal) ? HttpStatusCode.BadRequest : HttpStatusCode.NotFound
                );
        }
        wrong.ShouldBeEmpty();

        async Task CheckAsync(Matrix.Row row, Matrix.Sample sample, HttpStatusCode? expected)
        {
            using var request = new HttpRequestMessage(new HttpMethod(row.Method), new Uri(row.AddressOf(sample), UriKind.Relative));
            if (row.Method == "POST")
                request.Content = new StringContent("""{"purpose":"visit"}""", Encoding.UTF8, "application/json");
            // signing out would end the test; that it is open to all is enough
            if (row.Method == "DELETE" && row.Right is null)
                return;
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            if (
                expected is { } status
                    ? answer.StatusCode != status
                    : answer.StatusCode is HttpStatusCode.Forbidden
                        || (answer.StatusCode is HttpStatusCode.Unauthorized && row.Endpoint != "POST /api/session/")
                        || (row.AsksAboutOne && !answer.IsSuccessStatusCode)
            )
                wrong.Add($"{row.Method} {request.RequestUri}: {(int)answer.StatusCode}, expected {expected?.ToString() ?? "an answer"}");
        }
    }

    private async Task<Matrix.Sample> SampleAsync(string grid) =>
        await locked.Database.ReadRowAsync(
            "SELECT h.code, b.code FROM household h JOIN building b ON b.id = h.building WHERE replace(ltree2text(h.grid), "
                + "'.', '-') = $1 ORDER BY h.id LIMIT 1",
            row => new Matrix.Sample(row.GetString(0), row.GetString(1), grid),
            grid
        );
}
