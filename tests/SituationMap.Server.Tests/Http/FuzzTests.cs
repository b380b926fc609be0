using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace SituationMap.Server.Tests.Http;

/// <summary>Everything that the server answers, asked with parameters and bodies that are right, nearly right and nonsense; many more of
/// them are in the benchmarks.</summary>
public sealed class FuzzTests(PostgisCluster cluster)
{
    private const int Requests = 1_000;

    [Fact]
    public async Task No_request_finds_a_fault_of_ours()
    {
        await using var demo = await DemoServer.StartAsync(cluster);
        var fuzzer = new Fuzzer(demo.Client, demo.Server.Address, seed: 7);
        await fuzzer.ReadAsync(TestContext.Current.CancellationToken);

        var asked = fuzzer.Operations.Select(operation => operation.Path.TrimEnd('/')).ToHashSet();
        demo.Server.Services.GetRequiredService<EndpointDataSource>()
            .Endpoints.OfType<RouteEndpoint>()
            .Select(endpoint =>
                "/"
                + string.Join(
                    '/',
                    endpoint.RoutePattern.PathSegments.Select(segment =>
                        string.Concat(
                            segment.Parts.Select(part =>
                                part switch
                                {
                                    Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
                                    Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
                                    Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
                                    _ => "",
                                }
                            )
                        )
                    )
                )
            )
            .Select(path => path.TrimEnd('/'))
            .Except(asked)
            .ShouldBeEmpty("every endpoint is asked");

        (await fuzzer.RunAsync(Requests, TestContext.Current.CancellationToken)).Faults.ShouldBeEmpty();
    }
}
