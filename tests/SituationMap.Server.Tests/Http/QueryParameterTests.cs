using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;

namespace SituationMap.Server.Tests.Http;

/// <summary>An answer that leaves out a parameter would be taken for one that heeds it.</summary>
public sealed class QueryParameterTests(EmptyServer empty) : IClassFixture<EmptyServer>
{
    private const string Unknown = "no-such-parameter";

    private readonly TestServer _server = empty.Server;

    [Fact]
    public async Task Every_endpoint_refuses_by_name_what_it_does_not_take()
    {
        // the query of the viewer's own page is its state
        var endpoints = _server
            .Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText != "/")
            .ToList();
        var taken = new List<string>();
        // the user of local mode has no account of his own
        var accounts = _server.Services.GetRequiredService<AccountStore>();
        await accounts.AddAsync("own", Access.LockedServer.Password, AuditEntry.OfConsole("add account", "own"), default);
        using var own = new HttpClient(new SocketsHttpHandler()) { BaseAddress = _server.Address };
        (await own.PostAsJsonAsync("api/session", new { name = "own", password = Access.LockedServer.Password })).EnsureSuccessStatusCode();

        foreach (var endpoint in endpoints)
        {
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"])
            {
                using var request = new HttpRequestMessage(
                    new HttpMethod(method),
                    new Uri($"{PathOf(endpoint)}?{Unknown}=1", UriKind.Relative)
                );
                if (endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes is [var type, ..])
                    request.Content = new StringContent("") { Headers = { ContentType = new MediaTypeHeaderValue(type) } };
                var client = endpoint.Metadata.GetMetadata<RequiredRight>() is { IsOwnAccount: true } ? own : _server.Client;
                using var answer = await client.SendAsync(
                    request,
                    HttpCompletionOption.ResponseHeadersRead,
                    TestContext.Current.CancellationToken
                );
                if ((int)answer.StatusCode != 400 || await ReadAsync(answer) is not { Code: "parameter-unknown", Field: Unknown })
                    taken.Add($"{(int)answer.StatusCode} {method} {request.RequestUri}");
            }
        }

        endpoints.Count.ShouldBeGreaterThan(80);
        taken.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("api/households?tenure=let", "tenure", "surveyed")]
    [InlineData("api/households?limit=1&Tenure=let", "Tenure", "limit")]
    [InlineData("api/grids?at=2026-11-01T00:00:00Z&known=2026-11-01T00:00:00Z", "known", "one of at")]
    [InlineData("api/buildings/B-0001/matrix?known=2026-11-01T00:00:00Z", "known", "one of at")]
    [InlineData("tiles/situation/0/0/0.mvt?style=dark", "style", "datum")]
    [InlineData("ogc/collections/zones/items?tenure=let", "tenure", "bbox")]
    [InlineData("ogc/conformance?tenure=let", "tenure", "one of f")]
    [InlineData("healthz/live?for", "for", "no parameters")]
    [InlineData("metrics?name=up", "name", "no parameters")]
    [InlineData("openapi/v1.json?f=json", "f", "no parameters")]
    public async Task Says_which_there_are(string path, string field, string expected)
    {
        using var answer = await _server.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(400);
        var problem = await ReadAsync(answer);
        (problem.Code, problem.Field).ShouldBe(("parameter-unknown", field));
        problem.Expected.ShouldNotBeNull().ShouldContain(expected);
    }

    [Fact]
    public async Task What_is_to_be_a_number_and_is_none_is_refused_by_name_everywhere()
    {
        var description = await _server.Client.GetFromJsonAsync<JsonElement>("openapi/v1.json", TestContext.Current.CancellationToken);
        var (asked, otherwise) = (0, new List<string>());
        foreach (var path in description.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(one => one.Value.TryGetProperty("parameters", out _)))
            {
                foreach (var parameter in operation.Value.GetProperty("parameters").EnumerateArray().Where(IsNumberInQuery))
                {
                    var name = parameter.GetProperty("name").GetString()!;
                    var place = path.Name.TrimStart('/').Replace("{id}", $"{Guid.Empty}", StringComparison.Ordinal);
                    using var request = new HttpRequestMessage(
                        HttpMethod.Parse(operation.Name.ToUpperInvariant()),
                        $"{place.Replace("{collection}", "zones", StringComparison.Ordinal)}?{name}=many"
                    );
                    using var answer = await _server.Client.SendAsync(request, TestContext.Current.CancellationToken);
                    asked++;
                    if (
                        (int)answer.StatusCode != 400
                        || await ReadAsync(answer) is not { Code: "value-wrong" } fault
                        || fault.Field != name
                    )
                        otherwise.Add($"{(int)answer.StatusCode} {operation.Name} {request.RequestUri}");
                }
            }
        }

        asked.ShouldBeGreaterThan(10);
        otherwise.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("api/households?LIMIT=1")]
    [InlineData("api/households?")]
    [InlineData("ogc?f=json")]
    [InlineData("ogc/collections/households/items?f=json&limit=1&status=observed")]
    [InlineData("healthz/ready?for=read")]
    public async Task Takes_those_there_are(string path)
    {
        using var answer = await _server.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldBe(200, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("?theme=dark")]
    [InlineData("no-such-file.js?v=1")]
    public async Task The_query_of_the_viewer_is_its_own(string path)
    {
        using var answer = await _server.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        ((int)answer.StatusCode).ShouldNotBe(400);
    }

    [Fact]
    public async Task A_request_without_a_query_pays_nothing()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddEndpointsApiExplorer();
        await using var host = builder.Build();
        var app = new ApplicationBuilder(host.Services);
        app.CheckQueryParameters().Run(static _ => Task.CompletedTask);
        var (asked, context) = (app.Build(), new DefaultHttpContext());
        context.SetEndpoint(
            new RouteEndpoint(
                static _ => Task.CompletedTask,
                RoutePatternFactory.Parse("/tiles/{layer}"),
                0,
                EndpointMetadataCollection.Empty,
                null
            )
        );
        await asked(context);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            _ = asked(context);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);

        context.Request.QueryString = new("?style=dark");
        context.RequestServices = host.Services;
        await asked(context);
        context.Response.StatusCode.ShouldBe(400);
    }

    private static string PathOf(RouteEndpoint endpoint) =>
        string.Join(
            '/',
            endpoint.RoutePattern.PathSegments.Select(segment =>
                string.Concat(
                    segment.Parts.Select(part =>
                        part switch
                        {
                            RoutePatternLiteralPart literal => literal.Content,
                            RoutePatternSeparatorPart separator => separator.Content,
                            RoutePatternParameterPart { Name: "collection" } => "zones",
                            RoutePatternParameterPart parameter when parameter.ParameterPolicies.Any(policy => policy.Content == "guid") =>
                                Guid.Empty.ToString(),
                            _ => "1",
                        }
                    )
                )
            )
        );

    private static async Task<(string? Code, string? Field, string? Expected)> ReadAsync(HttpResponseMessage answer)
    {
        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return (Text("code"), Text("field"), Text("expected"));

        string? Text(string name) => problem.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    private static bool IsNumberInQuery(JsonElement parameter) =>
        parameter.GetProperty("in").GetString() == "query"
        && parameter.GetProperty("schema").TryGetProperty("type", out var type)
        && type.ToString().Split('"') is var types
        && (types.Contains("integer") || types.Contains("number"));
}
