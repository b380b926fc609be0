using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Server.Http;
using SituationMap.Store.Access;

namespace SituationMap.Server.Access;

/// <param name="Code">Of the second factor, where the account has one: six digits, or a recovery code.</param>
internal sealed record SignIn(string? Name, string? Password, string? Code = null);

/// <param name="Grids">The topmost grids it holds in; null: in the whole city.</param>
internal sealed record RightResponse(Right Right, IReadOnlyList<string>? Grids);

/// <param name="Code">The checkpoint's.</param>
/// <param name="From">From which local time of each day, such as 06:00; null: at all times.</param>
/// <param name="To">Until which, over midnight too.</param>
internal sealed record CheckpointResponse(string Code, string? From, string? To);

/// <param name="Checkpoints">Which ones a guard lets people through; null: every one.</param>
/// <param name="Name">The account's name; null: nobody has signed in.</param>
/// <param name="SecondFactorNeeded">Whether a role holds only once the account has a second factor.</param>
/// <param name="LocalMode">Whether the token of local mode would let whoever asks do everything without signing in.</param>
internal sealed record SessionResponse(
    string? Name,
    CallerKind? Kind,
    bool LocalMode,
    bool SecondFactorNeeded,
    IReadOnlyList<RightResponse> Rights,
    IReadOnlyList<CheckpointResponse>? Checkpoints
)
{
    public static SessionResponse Of(Caller? caller, bool localMode) =>
        new(
            caller?.Name,
            caller?.Kind,
            localMode,
            caller?.LacksSecondFactor == true,
            [
                .. (caller?.Rights ?? []).Select(right => new RightResponse(
                    right,
                    caller!.ScopeOf(right) is { IsWholeCity: false } scope ? scope.Grids : null
                )),
            ],
            caller is { Checkpoints: null }
                ? null
                :
                [
                    .. (caller?.Checkpoints ?? []).Select(one => new CheckpointResponse(
                        one.Code,
                        GuardedCheckpoint.TimeText(one.From),
                        GuardedCheckpoint.TimeText(one.To)
                    )),
                ]
        );
}

internal static class SessionEndpoints
{
    /// <summary>The cookie of a session.</summary>
    public const string Cookie = "situationmap-session";

    public static IEndpointRouteBuilder MapSession(this IEndpointRouteBuilder routes)
    {
        var session = routes.MapGroup("/api/session").WithTags("Access").OpenToAll();
        session.MapGet("/", Get).WithSummary("Who you are, what you may do, and where");
        session
            .MapPost("/", SignInAsync)
            .RecordsItself()
            .UsesStore(Burden.SignIn)
            .WithSummary("Sign in with an account's name and password; the session is a cookie")
            .WithDescription(
                "After some wrong passwords an address waits before its next try with that name, twice as long each time, up to a quarter "
                    + "of an hour (429). Where the account has a second factor, the code is sent as well. Systems use an API key instead: "
                    + "Authorization: Bearer sm_…"
            )
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        session.MapDelete("/", SignOutAsync).RecordsItself().WithSummary("Sign out");
        return routes;
    }

    private static SessionResponse Get(HttpContext context, LocalMode local)
    {
        context.Response.Headers.CacheControl = "no-store";
        return SessionResponse.Of(context.Caller(), local.MayCover(context));
    }

    private static async Task<Results<Ok<SessionResponse>, ProblemHttpResult>> SignInAsync(
        SignIn body,
        HttpContext context,
        SessionStore sessions,
        AccessDirectory directory,
        LocalMode local,
        CancellationToken cancellation
    )
    {
        if (string.IsNullOrEmpty(body.Name) || string.IsNullOrEmpty(body.Password))
            return Problems.BadRequest(new Fault("field-missing", body.Name is { Length: > 0 } ? "password" : "name", "a text"));
        context.Response.Headers.CacheControl = "no-store";
        var origin = RequestAudit.OriginOf(context);
        var result = await sessions.SignInAsync(body.Name, body.Password, body.Code, origin, cancellation);
        if (result.Wait is { } wait)
            return HasToWait(context, wait);
        if (result.Secret is not { } secret)
            return Problems.From(
                StatusCodes.Status401Unauthorized,
                result.NeedsCode
                    ? new Fault("second-factor-needed", "code", "the six digits that the account's program shows, or a recovery code")
                    : new Fault(
                        "sign-in-refused",
                        "password",
                        "the name of an account, its password, and a new code where it has a second factor"
                    )
            );
        // the old session, if any, is not taken over: its secret may be known to somebody else
        if (context.Request.Cookies[Cookie] is { Length: > 0 } old)
            await sessions.SignOutAsync(old, origin, cancellation);
        await directory.ReloadAsync(cancellation);
        context.Response.Cookies.Append(Cookie, secret, CookieOptions(context.Request));
        return TypedResults.Ok(SessionResponse.Of(directory.Find(secret, CallerKind.Session), local.MayCover(context)));
    }

    /// <summary>Tells when the next password may be tried.</summary>
    public static ProblemHttpResult HasToWait(HttpContext context, TimeSpan wait)
    {
        context.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Problems.From(
            StatusCodes.Status429TooManyRequests,
            new Fault("too-many-tries", "password", "the next try when Retry-After has passed: too many passwords were wrong")
        );
    }

    private static async Task<NoContent> SignOutAsync(
        HttpContext context,
        SessionStore sessions,
        AccessDirectory directory,
        CancellationToken cancellation
    )
    {
        if (context.Request.Cookies[Cookie] is { Length: > 0 } secret)
        {
            await sessions.SignOutAsync(secret, RequestAudit.OriginOf(context), cancellation);
            await directory.ReloadAsync(cancellation);
        }
        context.Response.Cookies.Delete(Cookie, CookieOptions(context.Request));
        return TypedResults.NoContent();
    }

    /// <summary>No script reads it, no other site sends it, and over TLS (here or at the proxy before) nothing else carries it.</summary>
    public static CookieOptions CookieOptions(HttpRequest request) =>
        new()
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = SecurityHeaders.IsOverTls(request),
            Path = "/",
            MaxAge = SessionStore.Lasts,
        };
}
