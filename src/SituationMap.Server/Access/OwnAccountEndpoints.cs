using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Access;

internal sealed record ChangedPassword(string? Old, string? New);

/// <param name="Code">Of the second factor that there is, to have another take its place.</param>
internal sealed record BegunSecondFactor(string? Password, string? Code);

internal sealed record GivenCode(string? Code);

internal sealed record SessionsResponse(IReadOnlyList<SessionRow> Sessions);

/// <param name="Codes">Each opens once where no code can be had; shown this once.</param>
internal sealed record RecoveryCodes(IReadOnlyList<string> Codes);

/// <summary>The account of whoever is signed in: his password, his second factor, his sessions.</summary>
internal static class OwnAccountEndpoints
{
    public static IEndpointRouteBuilder MapOwnAccount(this IEndpointRouteBuilder routes)
    {
        var own = routes
            .MapGroup("/api/account")
            .WithTags("Access")
            .RequiresSignIn()
            .RecordsItself()
            .UsesStore(Burden.SignIn)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        own.MapPost("/password", ChangePasswordAsync).WithSummary("Change your password; your other sessions end");
        own.MapGet(
                "/sessions",
                async (HttpContext context, SessionStore sessions, SituationMapOptions options, CancellationToken cancellation) =>
                    new SessionsResponse(
                        await sessions.ListAsync(context.Caller()!.Name, context.Caller()!.Credential, options.SessionIdle, cancellation)
                    )
            )
            .WithSummary("Your sessions, and tokens of the authority that were used");
        own.MapDelete("/sessions", EndOthersAsync).WithSummary("End all your sessions but this one");
        own.MapDelete("/sessions/{id:guid}", EndOneAsync)
            .WithSummary("End one of your sessions")
            .ProducesProblem(StatusCodes.Status404NotFound);
        own.MapGet("/second-factor", (HttpContext context, SecondFactor factor, CancellationToken cancellation) =>
                factor.StateAsync(context.Caller()!.Name, cancellation)
            )
            .WithSummary("Whether you have a second factor");
        own.MapPost("/second-factor", BeginAsync)
            .WithSummary("Begin to enrol a second factor, or with a code of it to replace it: a secret for a program that shows codes")
            .WithDescription("It holds once it is confirmed; the one that there is holds until then.")
            .ProducesProblem(StatusCodes.Status409Conflict);
        own.MapPost("/second-factor/confirm", ConfirmAsync)
            .WithSummary("Enrol it, with a code that it shows; gives recovery codes, this once");
        own.MapPost("/second-factor/remove", RemoveAsync).WithSummary("Give it up, with a code that it shows");
        return routes;
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> ChangePasswordAsync(
        ChangedPassword body,
        HttpContext context,
        SessionStore sessions,
        AccountStore accounts,
        AccessDirectory directory,
        CancellationToken cancellation
    )
    {
        var name = context.Caller()!.Name;
        if (await RefuseAsync(context, sessions, body.Old, "old", cancellation) is { } refusal)
            return refusal;
        if (Passwords.Check(name, body.New, "new") is { } weak)
            return Problems.BadRequest(weak);
        await accounts.ChangePasswordAsync(
            name,
            body.New!,
            context.Request.Cookies[SessionEndpoints.Cookie] ?? "",
            RequestAudit.Of(context, "change password", name),
            cancellation
        );
        await directory.ReloadAsync(cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<NoContent> EndOthersAsync(
        HttpContext context,
        SessionStore sessions,
        AccessDirectory directory,
        CancellationToken cancellation
    )
    {
        var caller = context.Caller()!;
        await sessions.EndAsync(caller.Name, null, caller.Credential, RequestAudit.Of(context, "end sessions", caller.Name), cancellation);
        await directory.ReloadAsync(cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndOneAsync(
        Guid id,
        HttpContext context,
        SessionStore sessions,
        AccessDirectory directory,
        CancellationToken cancellation
    )
    {
        var caller = context.Caller()!;
        var entry = RequestAudit.Of(context, "end session", caller.Name, details: new JsonObject { ["session"] = id.ToString() });
        if (await sessions.EndAsync(caller.Name, id, caller.Credential, entry, cancellation) == 0)
            return Problems.NotFound("id", "the id of a session that GET /api/account/sessions lists");
        await directory.ReloadAsync(cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Results<Ok<NewSecondFactor>, ProblemHttpResult>> BeginAsync(
        BegunSecondFactor body,
        HttpContext context,
        SessionStore sessions,
        SecondFactor factor,
        CancellationToken cancellation
    )
    {
        if (await RefuseAsync(context, sessions, body.Password, "password", cancellation) is { } refusal)
            return refusal;
        if (body.Code is { } code && await RefuseCodeAsync(context, sessions, code, cancellation) is { } wrong)
            return wrong;
        context.Response.Headers.CacheControl = "no-store";
        return await factor.BeginAsync(context.Caller()!.Name, replaces: body.Code is not null, cancellation) is { } begun
            ? TypedResults.Ok(begun)
            : Problems.From(
                StatusCodes.Status409Conflict,
                new Fault(
                    "second-factor-enrolled",
                    "code",
                    "the six digits that the program of the one that there is shows now, to replace it"
                )
            );
    }

    private static async Task<Results<Ok<RecoveryCodes>, ProblemHttpResult>> ConfirmAsync(
        GivenCode body,
        HttpContext context,
        SecondFactor factor,
        AccessDirectory directory,
        CancellationToken cancellation
    )
    {
        var name = context.Caller()!.Name;
        var entry = RequestAudit.Of(context, "enrol second factor", name);
        if (await factor.ConfirmAsync(name, body.Code ?? "", entry, cancellation) is not { } codes)
            return Problems.BadRequest(new Fault("code-wrong", "code", "the six digits that the program shows now"));
        await directory.ReloadAsync(cancellation);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new RecoveryCodes(codes));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(
        GivenCode body,
        HttpContext context,
        SessionStore sessions,
        AccountStore accounts,
        AccessDirectory directory,
        CancellationToken cancellation
    )
    {
        var name = context.Caller()!.Name;
        if (await RefuseCodeAsync(context, sessions, body.Code ?? "", cancellation) is { } refusal)
            return refusal;
        await accounts.ResetSecondFactorAsync(name, RequestAudit.Of(context, "remove second factor", name), cancellation);
        await directory.ReloadAsync(cancellation);
        return TypedResults.NoContent();
    }

    /// <summary>Who has found a screen unlocked does not know the password.</summary>
    private static async Task<ProblemHttpResult?> RefuseAsync(
        HttpContext context,
        SessionStore sessions,
        string? password,
        string field,
        CancellationToken cancellation
    )
    {
        var (isRight, wait) = await sessions.CheckAsync(
            context.Caller()!.Name,
            password ?? "",
            RequestAudit.OriginOf(context),
            cancellation
        );
        return wait is { } time ? SessionEndpoints.HasToWait(context, time)
            : isRight ? null
            : Problems.BadRequest(new Fault("password-wrong", field, "the password that the account has now"));
    }

    /// <summary>Nor has he the phone.</summary>
    private static async Task<ProblemHttpResult?> RefuseCodeAsync(
        HttpContext context,
        SessionStore sessions,
        string code,
        CancellationToken cancellation
    )
    {
        var (isRight, wait) = await sessions.CheckCodeAsync(context.Caller()!.Name, code, RequestAudit.OriginOf(context), cancellation);
        return wait is { } time ? SessionEndpoints.HasToWait(context, time)
            : isRight ? null
            : Problems.BadRequest(new Fault("code-wrong", "code", "the six digits that the program shows now, or a recovery code"));
    }
}
