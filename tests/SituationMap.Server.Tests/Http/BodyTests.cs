using System.Net;
using System.Text;
using System.Text.Json;
using Shouldly;

namespace SituationMap.Server.Tests.Http;

/// <summary>Bodies of JSON that are not what a path takes: the field is named, and nothing of our types is told.</summary>
public sealed class BodyTests(SharedDemo shared) : IClassFixture<SharedDemo>
{
    [Theory]
    [InlineData("/api/changes/acknowledgements", """{"changes":[1,"x"]}""", "changes[1]")]
    [InlineData("/api/changes/acknowledgements", """{"changes":{"a":1}}""", "changes")]
    [InlineData("/api/changes/acknowledgements", """{"changes":[1,99999999999999999999]}""", "changes[1]")]
    [InlineData("/api/changes/acknowledgements", "[]", "body")]
    [InlineData("/api/changes/acknowledgements", "not JSON", "body")]
    [InlineData("/api/changes/acknowledgements", """{"changes":[1,""", "changes[1]")]
    [InlineData("/api/session", """{"name":1,"password":"x"}""", "name")]
    [InlineData("/api/subscriptions", """{"url":"http://127.0.0.1/","bbox":[1,2,"three",4]}""", "bbox[2]")]
    [InlineData("/api/access/accounts", """{"name":["a"]}""", "name")]
    public async Task What_has_a_wrong_type_is_refused_by_the_name_of_its_field(string path, string body, string field)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await shared.Demo.Server.Client.PostAsync(
            new Uri(path, UriKind.Relative),
            content,
            TestContext.Current.CancellationToken
        );

        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest, text);
        var problem = JsonSerializer.Deserialize<JsonElement>(text);
        problem.GetProperty("code").GetString().ShouldBe("request-malformed");
        problem.GetProperty("field").GetString().ShouldBe(field);
        problem.GetProperty("expected").GetString()!.ShouldContain("/openapi/v1.json");
        text.ShouldNotContain("System.");
        text.ShouldNotContain("Exception");
    }
}
