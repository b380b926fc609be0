using System.Net;
using Shouldly;

namespace SituationMap.Server.Tests.Ogc;

/// <summary>The OpenAPI document as a file, beyond what the standard asks of it.</summary>
public sealed class DescriptionTests(SharedDemo server) : IClassFixture<SharedDemo>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_description_is_made_once_packed_and_not_sent_again_to_whoever_has_it()
    {
        var address = new Uri("openapi/v1.json", UriKind.Relative);
        using var first = await server.Demo.Client.GetAsync(address, Cancellation);
        using var second = await server.Demo.Client.GetAsync(address, Cancellation);
        (await second.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBe(await first.Content.ReadAsByteArrayAsync(Cancellation));
        second.Headers.ETag.ShouldBe(first.Headers.ETag);

        using var known = new HttpRequestMessage(HttpMethod.Get, address);
        known.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var unchanged = await server.Demo.Client.SendAsync(known, Cancellation);
        unchanged.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await unchanged.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBeEmpty();

        using var small = new HttpRequestMessage(HttpMethod.Get, address);
        small.Headers.AcceptEncoding.ParseAdd("gzip");
        using var packed = await server.Demo.Client.SendAsync(small, Cancellation);
        packed.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        packed.Content.Headers.ContentLength!.Value.ShouldBeLessThan(first.Content.Headers.ContentLength!.Value / 4);
        packed.Headers.ETag.ShouldNotBe(first.Headers.ETag);
    }
}
