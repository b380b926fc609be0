using System.CommandLine;
using System.Text.Json.Nodes;
using SituationMap.Server.Access;
using SituationMap.Store;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;
using Spectre.Console;

namespace SituationMap.Server.Commands;

/// <summary>A verb over accounts: its name, what it does, its arguments and options, and what it says when it is done.</summary>
internal delegate Command AccountVerb(
    string name,
    string description,
    Symbol[] symbols,
    Func<AccountStore, ParseResult, CancellationToken, Task<string>> run
);

/// <summary>The verb <c>users</c>, and <c>keys</c> beside it: accounts, and what is granted to them.</summary>
internal static class UsersCommand
{
    internal static readonly Argument<string> Name = new("name") { Description = "The account's name." };
    private static readonly Argument<string> RoleName = new("role") { Description = $"One of {string.Join(", ", Role.Names)}." };
    internal static readonly Option<string?> Grid = new("--grid")
    {
        Description = "The code of a grid: there and below. Without it: everywhere.",
    };
    private static readonly Option<string?> Checkpoint = new("--checkpoint") { Description = "The code of a guard's checkpoint." };
    private static readonly Option<string?> From = new("--from") { Description = "A guard's hours: from which local time, such as 06:00." };
    private static readonly Option<string?> To = new("--to") { Description = "A guard's hours: until which local time." };
    private static readonly Option<DateTimeOffset?> Expires = new("--expires")
    {
        Description = "Until when, such as 2026-12-31T00:00+08:00.",
    };

    /// <param name="invoke">Gives what the verb is run with.</param>
    public static IEnumerable<Command> Create(Func<ParseResult, Invocation> invoke)
    {
        var firstRole = new Option<string?>("--role") { Description = "Grant this role at once, everywhere." };
        var keysOnly = new Option<bool>("--no-password")
        {
            Description = "It signs in by the authority's tokens, or is used by keys only.",
        };
        var roles = new Argument<string[]>("roles")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = $"Some of {string.Join(", ", Role.Names)}.",
        };
        var none = new Option<bool>("--none") { Description = "No role takes one." };
        yield return new Command("users", "Accounts and what is granted to them.")
        {
            Verb(
                "add",
                "Add an account; its password is asked for, or read from standard input.",
                [Name, firstRole, keysOnly],
                async (store, parsed, cancellation) =>
                {
                    var name = parsed.GetValue(Name)!;
                    if (!AccountEndpoints.IsName(name))
                        throw new StartupException(
                            "A name is 1 to 64 of a-z, 0-9 and . _ @ -, beginning with a letter or digit, and not local, console or nobody."
                        );
                    var role = parsed.GetValue(firstRole) is { } wanted ? FindRole(wanted) : null;
                    if (
                        !await store.AddAsync(
                            name,
                            parsed.GetValue(keysOnly) ? null : ReadPassword(name),
                            AuditEntry.OfConsole("add account", name),
                            cancellation
                        )
                    )
                        throw new StartupException($"There is an account {name} already.");
                    if (role is not null)
                        await store.GrantAsync(
                            name,
                            role,
                            null,
                            null,
                            AuditEntry.OfConsole("grant", name, new JsonObject { ["role"] = role.Name }),
                            cancellation
                        );
                    return $"{name} was added{(role is null ? ", with no role yet: users grant" : $" as {role.Name}")}.";
                }
            ),
            Verb("list", "List accounts.", [], async (store, _, cancellation) =>
                string.Join(
                    Environment.NewLine,
                    (await store.ListAsync(cancellation)).Select(account =>
                        $"{account.Name}{(account.Disabled ? " (disabled)" : "")}: "
                        + $"{(account.Grants.Count == 0 ? "no role" : string.Join(", ", account.Grants.Select(Describe)))}"
                    )
                )
            ),
            Verb("disable", "Let an account in no more, and end its sessions.", [Name], async (store, parsed, cancellation) =>
                await store.DisableAsync(
                    parsed.GetValue(Name)!,
                    true,
                    AuditEntry.OfConsole("disable", parsed.GetValue(Name)!),
                    cancellation
                )
                    ? "Disabled."
                    : throw Unknown(parsed)
            ),
            Verb("enable", "Let an account in again.", [Name], async (store, parsed, cancellation) =>
                await store.DisableAsync(
                    parsed.GetValue(Name)!,
                    false,
                    AuditEntry.OfConsole("enable", parsed.GetValue(Name)!),
                    cancellation
                )
                    ? "Enabled."
                    : throw Unknown(parsed)
            ),
            Verb(
                "password",
                "Set an account's password; it is asked for, or read from standard input.",
                [Name],
                async (store, parsed, cancellation) =>
                    await store.SetPasswordAsync(
                        parsed.GetValue(Name)!,
                        ReadPassword(parsed.GetValue(Name)!),
                        AuditEntry.OfConsole("set password", parsed.GetValue(Name)!),
                        cancellation
                    )
                        ? "Set."
                        : throw Unknown(parsed)
            ),
            Verb(
                "reset-second-factor",
                "Take an account's second factor away, for one who has lost it.",
                [Name],
                async (store, parsed, cancellation) =>
                    await store.ResetSecondFactorAsync(
                        parsed.GetValue(Name)!,
                        AuditEntry.OfConsole("reset second factor", parsed.GetValue(Name)!),
                        cancellation
                    )
                        ? "Reset."
                        : throw new StartupException($"{parsed.GetValue(Name)} has no second factor.")
            ),
            Verb(
                "require-second-factor",
                "Say which roles hold in a session only where the account has a second factor: these, and no others.",
                [roles, none],
                async (store, parsed, cancellation) =>
                {
                    if (parsed.GetValue(roles)!.Length > 0 == parsed.GetValue(none))
                        throw new StartupException("Name the roles that take a second factor, or say --none: one of the two.");
                    string[] required = [.. parsed.GetValue(roles)!.Select(role => FindRole(role).Name).Distinct()];
                    var details = new JsonObject { ["roles"] = new JsonArray([.. required.Select(role => JsonValue.Create(role))]) };
                    await store.RequireSecondFactorAsync(
                        required,
                        AuditEntry.OfConsole("require second factor", "roles", details),
                        cancellation
                    );
                    return required.Length == 0
                        ? "No role takes a second factor."
                        : $"With a second factor only: {string.Join(", ", required)}.";
                }
            ),
            Verb("grant", "Grant a role.", [Name, RoleName, Grid, Checkpoint, From, To, Expires], async (store, parsed, cancellation) =>
            {
                var (name, role, grid, expires) = (
                    parsed.GetValue(Name)!,
                    FindRole(parsed.GetValue(RoleName)!),
                    parsed.GetValue(Grid),
                    parsed.GetValue(Expires)
                );
                if (grid is not null && role.IsForWholeCity)
                    throw new StartupException($"The role {role.Name} is for the whole city: leave out --grid.");
                var checkpoint = CheckpointOf(role, grid, parsed);
                var details = new JsonObject
                {
                    ["role"] = role.Name,
                    ["grid"] = grid,
                    ["expiresAt"] = expires,
                };
                if (checkpoint is not null)
                    details["checkpoint"] = checkpoint.Code;
                return await store.GrantAsync(
                    name,
                    role,
                    grid,
                    expires,
                    AuditEntry.OfConsole("grant", name, details),
                    cancellation,
                    checkpoint
                )
                    ? "Granted."
                    : throw Unknown(parsed);
            }),
            Verb("revoke", "Take back a role.", [Name, RoleName, Grid, Checkpoint], async (store, parsed, cancellation) =>
            {
                var (name, role, grid) = (parsed.GetValue(Name)!, parsed.GetValue(RoleName)!, parsed.GetValue(Grid));
                var details = new JsonObject { ["role"] = role, ["grid"] = grid };
                var checkpoint = parsed.GetValue(Checkpoint);
                return await store.RevokeAsync(name, role, grid, AuditEntry.OfConsole("revoke", name, details), cancellation, checkpoint)
                    ? "Revoked."
                    : throw new StartupException($"{name} has not been granted {role}{Where(grid, checkpoint)}.");
            }),
        };
        yield return KeysCommand.Create(Verb);

        Command Verb(
            string name,
            string description,
            Symbol[] symbols,
            Func<AccountStore, ParseResult, CancellationToken, Task<string>> run
        )
        {
            var verb = new Command(name, description);
            foreach (var symbol in symbols)
            {
                if (symbol is Argument argument)
                    verb.Add(argument);
                else
                    verb.Add((Option)symbol);
            }
            verb.SetAction(
                (parsed, cancellation) =>
                    CommandLine.GuardAsync(async () =>
                    {
                        await using var store = await OpenAsync(invoke(parsed), cancellation);
                        Console.WriteLine(await run(new AccountStore(store.DataSource), parsed, cancellation));
                        return 0;
                    })
            );
            return verb;
        }
    }

    public static Task<PostgisStore> OpenAsync(Invocation invocation, CancellationToken cancellation)
    {
        var configuration = invocation.CreateBuilder().Configuration;
        return PostgisStore.OpenAsync(
            configuration,
            SituationMapOptions.Read(configuration),
            invocation.MayInstall,
            new Progress<string>(),
            cancellation
        );
    }

    internal static Role FindRole(string name) =>
        Role.Find(name) ?? throw new StartupException($"There is no role {name}. The roles are {string.Join(", ", Role.Names)}.");

    /// <summary>A guard has a checkpoint and no grid, and nobody else has one.</summary>
    private static GuardedCheckpoint? CheckpointOf(Role role, string? grid, ParseResult parsed)
    {
        var (code, from, to) = (parsed.GetValue(Checkpoint), parsed.GetValue(From), parsed.GetValue(To));
        if (role.IsAtCheckpoint != code is not null || (role.IsAtCheckpoint && grid is not null))
            throw new StartupException("A guard is granted a --checkpoint and no --grid; nobody else has a checkpoint.");
        if (from is null && to is null)
            return code is null ? null : new(code);
        return
            code is not null
            && GuardedCheckpoint.TryParseTime(from, out var begin)
            && GuardedCheckpoint.TryParseTime(to, out var end)
            && begin != end
            ? new(code, begin, end)
            : throw new StartupException("A guard's hours are --from and --to, two local times such as 06:00 and 14:00.");
    }

    private static string Where(string? grid, string? checkpoint) =>
        (grid is null ? "" : $" in {grid}") + (checkpoint is null ? "" : $" at {checkpoint}");

    private static string Describe(GrantResponse grant) =>
        grant.Role
        + Where(grant.Grid, grant.Checkpoint)
        + (grant.From is null ? "" : $" from {grant.From} to {grant.To}")
        + (grant.ExpiresAt is { } until ? $" until {until:yyyy-MM-dd HH:mm}Z" : "");

    internal static StartupException Unknown(ParseResult parsed) => new($"There is no account {parsed.GetValue(Name)}.");

    /// <summary>Never an argument: those are seen by everybody on the machine, and kept by the shell.</summary>
    private static string ReadPassword(string account)
    {
        var password = Console.IsInputRedirected ? Console.In.ReadLine() : AnsiConsole.Prompt(new TextPrompt<string>("Password:").Secret());
        return Passwords.Check(account, password) is { } weak
            ? throw new StartupException($"The password needs {weak.Expected}.")
            : password!;
    }
}
