using System.Net;
using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Shouldly;
using SituationMap.Server.Access;
using SituationMap.Store.Access;

namespace SituationMap.Server.Tests.Access;

public sealed class TokenTests(PostgisCluster cluster) : IAsyncDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);
    private WebApplication? _authority;

    [Fact]
    public async Task A_token_of_the_configured_authority_is_its_account_and_any_other_is_nobody()
    {
        var issuer = await StartAuthorityAsync();
        await using var server = await TestServer.StartAsync(
            cluster,
            ("SituationMap:LocalMode", "false"),
            ("SituationMap:Authority", issuer)
        );
        var accounts = server.Services.GetRequiredService<AccountStore>();
        await accounts.AddAsync("mei", null, AuditEntry.OfConsole("add account", "mei"), default);
        await accounts.GrantAsync("mei", Role.Find("viewer")!, null, null, AuditEntry.OfConsole("grant", "mei"), default);
        await server.Services.GetRequiredService<AccessDirectory>().ReloadAsync(default);
        using var other = RSA.Create(2048);

        (await AskAsync(Token(_rsa, issuer, "situationmap", "mei"))).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(Token(_rsa, issuer, "situationmap", "somebody"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync(Token(_rsa, issuer, "another-program", "mei"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync(Token(_rsa, "http://127.0.0.1:1", "situationmap", "mei"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync(Token(other, issuer, "situationmap", "mei"))).ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync(Token(_rsa, issuer, "situationmap", "mei", expired: true))).ShouldBe(HttpStatusCode.Unauthorized);

        async Task<HttpStatusCode> AskAsync(string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/grids", UriKind.Relative));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await server.Client.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_token_is_listed_from_its_first_use_and_ends_with_the_account_as_a_session_does()
    {
        var issuer = await StartAuthorityAsync();
        await using var server = await TestServer.StartAsync(
            cluster,
            ("SituationMap:LocalMode", "false"),
            ("SituationMap:Authority", issuer)
        );
        var accounts = server.Services.GetRequiredService<AccountStore>();
        var directory = server.Services.GetRequiredService<AccessDirectory>();
        await accounts.AddAsync("tian", null, AuditEntry.OfConsole("add account", "tian"), default);
        await accounts.GrantAsync("tian", Role.Find("viewer")!, null, null, AuditEntry.OfConsole("grant", "tian"), default);
        await directory.ReloadAsync(default);
        var (first, second) = (Token(_rsa, issuer, "situationmap", "tian"), Token(_rsa, issuer, "situationmap", "tian"));
        (await AskAsync(first)).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(first)).ShouldBe(HttpStatusCode.OK);
        (await BoundAsync()).ShouldBe(1);

        await accounts.DisableAsync("tian", true, AuditEntry.OfConsole("disable", "tian"), default);
        await accounts.DisableAsync("tian", false, AuditEntry.OfConsole("enable", "tian"), default);
        await directory.ReloadAsync(default);

        (await AskAsync(first)).ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync(second)).ShouldBe(HttpStatusCode.OK);
        (await BoundAsync()).ShouldBe(2);

        async Task<long> BoundAsync()
        {
            await using var count = server
                .Services.GetRequiredService<Npgsql.NpgsqlDataSource>()
                .CreateCommand("SELECT count(*) FROM credential WHERE kind = 'token' AND account = 'tian'");
            return (long)(await count.ExecuteScalarAsync())!;
        }

        async Task<HttpStatusCode> AskAsync(string token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("api/grids", UriKind.Relative));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var answer = await server.Client.SendAsync(request);
            return answer.StatusCode;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_authority is not null)
            await _authority.DisposeAsync();
        _rsa.Dispose();
    }

    private async Task<string> StartAuthorityAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        _authority = builder.Build();
        _authority.Urls.Add("http://127.0.0.1:0");
        var key = _rsa.ExportParameters(includePrivateParameters: false);
        _authority.MapGet("/.well-known/openid-configuration", (HttpRequest request) =>
            Results.Json(
                new Dictionary<string, string> { ["issuer"] = $"http://{request.Host}", ["jwks_uri"] = $"http://{request.Host}/keys" }
            )
        );
        _authority.MapGet("/keys", () => Results.Json(
                new
                {
                    keys = new[]
                    {
                        new
                        {
                            kty = "RSA",
                            use = "sig",
                            kid = "one",
                            n = Base64UrlEncoder.Encode(key.Modulus!),
                            e = Base64UrlEncoder.Encode(key.Exponent!),
                        },
                    },
                }
            ));
        await _authority.StartAsync();
        return _authority.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    private static string Token(RSA rsa, string issuer, string audience, string account, bool expired = false) =>
        new JsonWebTokenHandler().CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = issuer,
                Audience = audience,
                Subject = new ClaimsIdentity([new Claim("preferred_username", account), new Claim("jti", Guid.NewGuid().ToString())]),
                NotBefore = DateTime.UtcNow.AddHours(-2),
                IssuedAt = DateTime.UtcNow.AddHours(-2),
                Expires = expired ? DateTime.UtcNow.AddHours(-1) : DateTime.UtcNow.AddHours(1),
                SigningCredentials = new SigningCredentials(new RsaSecurityKey(rsa) { KeyId = "one" }, SecurityAlgorithms.RsaSha256),
            }
        );
}
