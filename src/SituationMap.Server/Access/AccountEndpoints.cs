using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Access;

/// <summary>Accounts, what is granted to them, and keys: for administrators.</summary>
internal static partial class AccountEndpoints
{
    private static readonly TimeSpan LongestKey = TimeSpan.FromDays(366);

    public static IEndpointRouteBuilder MapAccounts(this IEndpointRouteBuilder routes)
    {
        var access = routes
            .MapGroup("/api/access")
            .WithTags("Access")
            .RequiresRight(Right.Administer)
            .RecordsItself()
            .UsesStore()
            .AddEndpointFilterFactory(ReloadAfterChange);
        access
            .MapGet("/accounts", async (AccountStore store, CancellationToken cancellation) =>
                new AccountsResponse(await store.ListAsync(cancellation))
            )
            .WithSummary("Accounts and what is granted to them");
        access
            .MapPost("/accounts", AddAsync)
            .WithSummary("Add an account")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status409Conflict);
        access
            .MapPost("/accounts/{name}/disable", (string name, HttpContext context, AccountStore store, CancellationToken cancellation) =>
                DoneAsync(store.DisableAsync(name, true, RequestAudit.Of(context, "disable", name), cancellation))
            )
            .WithSummary("Let an account in no more, and end its sessions");
        access
            .MapPost("/accounts/{name}/enable", (string name, HttpContext context, AccountStore store, CancellationToken cancellation) =>
                DoneAsync(store.DisableAsync(name, false, RequestAudit.Of(context, "enable", name), cancellation))
            )
            .WithSummary("Let an account in again");
        access
            .MapPost("/accounts/{name}/password", SetPasswordAsync)
            .WithSummary("Set an account's password, and end its sessions")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        access
            .MapPost("/accounts/{name}/grants", GrantAsync)
            .WithSummary("Grant a role, in a grid or everywhere, or a guard's at a checkpoint; for a time or for good")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        access
            .MapDelete(
                "/accounts/{name}/grants/{id:guid}",
                (string name, Guid id, HttpContext context, AccountStore store, CancellationToken cancellation) =>
                    DoneAsync(
                        store.RevokeAsync(
                            name,
                            id,
                            RequestAudit.Of(context, "revoke", name, details: new JsonObject { ["grant"] = id.ToString() }),
                            cancellation
                        )
                    )
            )
            .WithSummary("Take back what was granted; it ends at once, on open feeds within a second");
        access
            .MapDelete(
                "/accounts/{name}/second-factor",
                (string name, HttpContext context, AccountStore store, CancellationToken cancellation) =>
                    DoneAsync(store.ResetSecondFactorAsync(name, RequestAudit.Of(context, "reset second factor", name), cancellation))
            )
            .WithSummary("Take an account's second factor away, for one who has lost it; he enrols another");
        access
            .MapGet("/second-factor", async (AccountStore store, CancellationToken cancellation) =>
                new SecondFactorRoles(await store.SecondFactorRolesAsync(cancellation))
            )
            .WithSummary("Which roles hold in a session only where the account has a second factor");
        access
            .MapPut("/second-factor", RequireSecondFactorAsync)
            .WithSummary("Say which roles take a second factor")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        access
            .MapGet("/keys", async (AccountStore store, CancellationToken cancellation) =>
                new KeysResponse(await store.ListKeysAsync(cancellation))
            )
            .WithSummary("API keys, without the keys themselves");
        access
            .MapPost("/keys", AddKeyAsync)
            .WithSummary("Make an API key; it is shown this once")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        access
            .MapDelete("/keys/{id:guid}", (Guid id, HttpContext context, AccountStore store, CancellationToken cancellation) =>
                DoneAsync(store.RevokeKeyAsync(id, RequestAudit.Of(context, "revoke key", id.ToString()), cancellation))
            )
            .WithSummary("Revoke an API key");
        return routes;
    }

    /// <summary>Whether that may be an account's name.</summary>
    public static bool IsName(string? name) => name is not (null or "local" or "console" or "nobody") && Name().IsMatch(name);

    private static async Task<Results<NoContent, ProblemHttpResult>> AddAsync(
        NewAccount body,
        HttpContext context,
        AccountStore store,
        CancellationToken cancellation
    )
    {
        if (!IsName(body.Name))
            return Problems.BadRequest(
                new Fault(
                    "value-wrong",
                    "name",
                    "1 to 64 of a-z, 0-9 and . _ @ -, beginning with a letter or digit, and not local, console or nobody"
                )
            );
        if (body.Password is not null && Passwords.Check(body.Name!, body.Password) is { } weak)
            return Problems.BadRequest(weak);
        return await store.AddAsync(body.Name!, body.Password, RequestAudit.Of(context, "add account", body.Name!), cancellation)
            ? TypedResults.NoContent()
            : Problems.From(StatusCodes.Status409Conflict, new Fault("name-taken", "name", "the name of no account yet"));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> SetPasswordAsync(
        string name,
        NewPassword body,
        HttpContext context,
        AccountStore store,
        CancellationToken cancellation
    ) =>
        Passwords.Check(name, body.Password) is { } weak
            ? Problems.BadRequest(weak)
            : await DoneAsync(store.SetPasswordAsync(name, body.Password!, RequestAudit.Of(context, "set password", name), cancellation));

    private static async Task<Results<NoContent, ProblemHttpResult>> RequireSecondFactorAsync(
        SecondFactorRoles body,
        HttpContext context,
        AccountStore store,
        CancellationToken cancellation
    )
    {
        if (body.Roles is null || body.Roles.Any(role => Role.Find(role) is null))
            return Problems.BadRequest(new Fault("value-wrong", "roles", $"a list of some of {string.Join(", ", Role.Names)}"));
        var roles = body.Roles.Distinct().ToArray();
        var entry = RequestAudit.Of(
            context,
            "require second factor",
            "roles",
            details: new JsonObject { ["roles"] = new JsonArray([.. roles.Select(role => JsonValue.Create(role))]) }
        );
        await store.RequireSecondFactorAsync(roles, entry, cancellation);
        return TypedResults.NoContent();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> GrantAsync(
        string name,
        NewGrant body,
        HttpContext context,
        AccountStore store,
        SnapshotHolder holder,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        if (body.Role is null || Role.Find(body.Role) is not { } role)
            return Problems.BadRequest(new Fault("value-wrong", "role", $"one of {string.Join(", ", Role.Names)}"));
        if (CheckPlace(role, body, holder.Current.City) is { } fault)
            return Problems.BadRequest(fault);
        if (body.ExpiresAt <= clock.GetUtcNow())
            return Problems.BadRequest(new Fault("time-too-early", "expiresAt", "a time to come"));
        var details = new JsonObject
        {
            ["role"] = role.Name,
            ["grid"] = body.Grid,
            ["expiresAt"] = body.ExpiresAt,
        };
        GuardedCheckpoint? checkpoint = null;
        if (body.Checkpoint is { } code)
        {
            checkpoint = new(code, TimeIn(body.From), TimeIn(body.To));
            (details["checkpoint"], details["from"], details["to"]) = (code, body.From, body.To);
        }
        return await DoneAsync(
            store.GrantAsync(
                name,
                role,
                body.Grid,
                body.ExpiresAt,
                RequestAudit.Of(context, "grant", name, details: details),
                cancellation,
                checkpoint
            )
        );
    }

    /// <summary>The fault of where, and at which hours, a role is to be granted.</summary>
    private static Fault? CheckPlace(Role role, NewGrant body, City city)
    {
        if (body.Grid is not null && (role.IsForWholeCity || role.IsAtCheckpoint))
            return new Fault(
                "value-wrong",
                "grid",
                role.IsAtCheckpoint ? "none: a guard has a checkpoint" : "none: this role is for the whole city"
            );
        if (body.Grid is not null && !city.GridByCode.ContainsKey(body.Grid))
            return new Fault("value-wrong", "grid", "the code of a known grid");
        if (role.IsAtCheckpoint ? city.Checkpoints.All(one => one.Code != body.Checkpoint) : body.Checkpoint is not null)
            return new Fault(
                "value-wrong",
                "checkpoint",
                role.IsAtCheckpoint ? "the code of a known checkpoint, such as C-1" : "none: only a guard has a checkpoint"
            );
        if (body.From is null && body.To is null)
            return null;
        if (!role.IsAtCheckpoint)
            return new Fault("value-wrong", body.From is null ? "to" : "from", "none: only a guard has hours");
        return TimeIn(body.From) is null ? new Fault("value-wrong", "from", "a local time such as 06:00")
            : TimeIn(body.To) is null || body.To == body.From ? new Fault("value-wrong", "to", "another local time, such as 14:00")
            : null;
    }

    private static TimeOnly? TimeIn(string? text) => GuardedCheckpoint.TryParseTime(text, out var time) ? time : null;

    private static async Task<Results<Ok<MadeKey>, ProblemHttpResult>> AddKeyAsync(
        NewKey body,
        HttpContext context,
        AccountStore store,
        SnapshotHolder holder,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var now = clock.GetUtcNow();
        if (body.Role is not null && Role.Find(body.Role) is null)
            return Problems.BadRequest(new Fault("value-wrong", "role", $"one of {string.Join(", ", Role.Names)}"));
        if (body.Grid is not null && !holder.Current.City.GridByCode.ContainsKey(body.Grid))
            return Problems.BadRequest(new Fault("value-wrong", "grid", "the code of a known grid"));
        if (body.ExpiresAt is not { } expiresAt || expiresAt <= now || expiresAt > now + LongestKey)
            return Problems.BadRequest(new Fault("value-wrong", "expiresAt", "a time to come, within a year"));
        if (body.Label is { Length: > 100 })
            return Problems.BadRequest(new Fault("value-wrong", "label", "at most 100 characters"));
        var details = new JsonObject
        {
            ["label"] = body.Label,
            ["role"] = body.Role,
            ["grid"] = body.Grid,
            ["expiresAt"] = expiresAt,
            ["gateway"] = body.Gateway,
        };
        context.Response.Headers.CacheControl = "no-store";
        return
            await store.AddKeyAsync(
                body.Account ?? "",
                body.Label ?? "",
                body.Role,
                body.Grid,
                expiresAt,
                RequestAudit.Of(context, "add key", body.Account ?? "", details: details),
                cancellation,
                body.Gateway
            )
                is { } key
            ? TypedResults.Ok(new MadeKey(key))
            : Problems.NotFound("account", "the name of an account");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DoneAsync(Task<bool> change) =>
        await change ? TypedResults.NoContent() : Problems.NotFound("path", "what GET /api/access/accounts or /api/access/keys lists");

    /// <summary>Who may do what is read anew before the answer: what was changed here holds at once.</summary>
    private static EndpointFilterDelegate ReloadAfterChange(EndpointFilterFactoryContext made, EndpointFilterDelegate next) =>
        async invocation =>
        {
            var result = await next(invocation);
            var context = invocation.HttpContext;
            if (!HttpMethods.IsGet(context.Request.Method))
                await context.RequestServices.GetRequiredService<AccessDirectory>().ReloadAsync(context.RequestAborted);
            return result;
        };

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._@-]{0,63}\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
