using System.CommandLine;
using System.Text.Json.Nodes;
using SituationMap.Server.Access;
using SituationMap.Store;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Settings;
using Spectre.Console;

namespace SituationMap.Server.Commands;

/// <summary>The verbs <c>users</c> and <c>keys</c>: accounts, what is granted to them, and their keys.</summary>
internal static class UsersCommand
{
    private static readonly Argument<string> Name = new("name") { Description = "The account's name." };
    private static readonly Argument<string> RoleName = new("role") { Description = $"One of {string.Join(", ", Role.Names)}." };
    private static readonly Option<string?> Grid = new("--grid")
    {
        Description = "The code of a grid: there and below. Without it: everywhere.",
    };
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
            Verb("grant", "Grant a role.", [Name, RoleName, Grid, Expires], async (store, parsed, cancellation) =>
            {
                var (name, role, grid, expires) = (
                    parsed.GetValue(Name)!,
                    FindRole(parsed.GetValue(RoleName)!),
                    parsed.GetValue(Grid),
                    parsed.GetValue(Expires)
                );
                if (grid is not null && role.IsForWholeCity)
                    throw new StartupException($"The role {role.Name} is for the whole city: leave out --grid.");
                var details = new JsonObject
                {
                    ["role"] = role.Name,
                    ["grid"] = grid,
                    ["expiresAt"] = expires,
                };
                return await store.GrantAsync(name, role, grid, expires, AuditEntry.OfConsole("grant", name, details), cancellation)
                    ? "Granted."
                    : throw Unknown(parsed);
            }),
            Verb("revoke", "Take back a role.", [Name, RoleName, Grid], async (store, parsed, cancellation) =>
            {
                var (name, role, grid) = (parsed.GetValue(Name)!, parsed.GetValue(RoleName)!, parsed.GetValue(Grid));
                var details = new JsonObject { ["role"] = role, ["grid"] = grid };
                return await store.RevokeAsync(name, role, grid, AuditEntry.OfConsole("revoke", name, details), cancellation)
                    ? "Revoked."
                    : throw new StartupException($"{name} has not been granted {role}{(grid is null ? "" : $" in {grid}")}.");
            }),
        };
        yield return KeysVerb();
        Command KeysVerb()
        {
            var label = new Option<string>("--label") { Description = "What it is for.", DefaultValueFactory = _ => "" };
            var role = new Option<string?>("--role") { Description = "Only this one of the account's roles." };
            var days = new Option<int>("--days") { Description = "How long it holds.", DefaultValueFactory = _ => 90 };
            var gateway = new Option<bool>("--gateway")
            {
                Description = "It passes on what others report: its facts keep the source that it sends.",
            };
            var id = new Argument<Guid>("id") { Description = "The key's id, from keys list." };
            return new Command("keys", "API keys of accounts.")
            {
                Verb(
                    "add",
                    "Make a key and show it, this once.",
                    [Name, label, role, Grid, days, gateway],
                    async (store, parsed, cancellation) =>
                    {
                        var (name, narrowed) = (parsed.GetValue(Name)!, parsed.GetValue(role) is { } wanted ? FindRole(wanted).Name : null);
                        var expires = DateTimeOffset.UtcNow.AddDays(Math.Clamp(parsed.GetValue(days), 1, 366));
                        var details = new JsonObject
                        {
                            ["label"] = parsed.GetValue(label),
                            ["role"] = narrowed,
                            ["grid"] = parsed.GetValue(Grid),
                            ["expiresAt"] = expires,
                            ["gateway"] = parsed.GetValue(gateway),
                        };
                        return await store.AddKeyAsync(
                            name,
                            parsed.GetValue(label)!,
                            narrowed,
                            parsed.GetValue(Grid),
                            expires,
                            AuditEntry.OfConsole("add key", name, details),
                            cancellation,
                            parsed.GetValue(gateway)
                        ) ?? throw Unknown(parsed);
                    }
                ),
                Verb("list", "List keys, without the keys themselves.", [], async (store, _, cancellation) =>
                    string.Join(
                        Environment.NewLine,
                        (await store.ListKeysAsync(cancellation)).Select(key =>
                            $"{key.Id} {key.Account} {key.Label} until {key.ExpiresAt:yyyy-MM-dd}{(key.Gateway ? " (gateway)" : "")}"
                        )
                    )
                ),
                Verb("revoke", "Revoke a key.", [id], async (store, parsed, cancellation) =>
                    await store.RevokeKeyAsync(
                        parsed.GetValue(id),
                        AuditEntry.OfConsole("revoke key", parsed.GetValue(id).ToString()),
                        cancellation
                    )
                        ? "Revoked."
                        : throw new StartupException("There is no such key.")
                ),
            };
        }

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

    private static Role FindRole(string name) =>
        Role.Find(name) ?? throw new StartupException($"There is no role {name}. The roles are {string.Join(", ", Role.Names)}.");

    private static string Describe(GrantResponse grant) =>
        grant.Role
        + (grant.Grid is null ? "" : $" in {grant.Grid}")
        + (grant.ExpiresAt is { } until ? $" until {until:yyyy-MM-dd HH:mm}Z" : "");

    private static StartupException Unknown(ParseResult parsed) => new($"There is no account {parsed.GetValue(Name)}.");

    /// <summary>Never an argument: those are seen by everybody on the machine, and kept by the shell.</summary>
    private static string ReadPassword(string account)
    {
        var password = Console.IsInputRedirected ? Console.In.ReadLine() : AnsiConsole.Prompt(new TextPrompt<string>("Password:").Secret());
        return Passwords.Check(account, password) is { } weak
            ? throw new StartupException($"The password needs {weak.Expected}.")
            : password!;
    }
}
