using System.CommandLine;
using System.Text.Json.Nodes;
using SituationMap.Store;
using SituationMap.Store.Access;

namespace SituationMap.Server.Commands;

/// <summary>The verb <c>keys</c>: API keys of accounts.</summary>
internal static class KeysCommand
{
    public static Command Create(AccountVerb verb)
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
            verb(
                "add",
                "Make a key and show it, this once.",
                [UsersCommand.Name, label, role, UsersCommand.Grid, days, gateway],
                async (store, parsed, cancellation) =>
                {
                    var (name, narrowed) = (
                        parsed.GetValue(UsersCommand.Name)!,
                        parsed.GetValue(role) is { } wanted ? UsersCommand.FindRole(wanted).Name : null
                    );
                    var expires = DateTimeOffset.UtcNow.AddDays(Math.Clamp(parsed.GetValue(days), 1, 366));
                    var details = new JsonObject
                    {
                        ["label"] = parsed.GetValue(label),
                        ["role"] = narrowed,
                        ["grid"] = parsed.GetValue(UsersCommand.Grid),
                        ["expiresAt"] = expires,
                        ["gateway"] = parsed.GetValue(gateway),
                    };
                    return await store.AddKeyAsync(
                        name,
                        parsed.GetValue(label)!,
                        narrowed,
                        parsed.GetValue(UsersCommand.Grid),
                        expires,
                        AuditEntry.OfConsole("add key", name, details),
                        cancellation,
                        parsed.GetValue(gateway)
                    ) ?? throw UsersCommand.Unknown(parsed);
                }
            ),
            verb("list", "List keys, without the keys themselves.", [], async (store, _, cancellation) =>
                string.Join(
                    Environment.NewLine,
                    (await store.ListKeysAsync(cancellation)).Select(key =>
                        $"{key.Id} {key.Account} {key.Label} until {key.ExpiresAt:yyyy-MM-dd}{(key.Gateway ? " (gateway)" : "")}"
                    )
                )
            ),
            verb("revoke", "Revoke a key.", [id], async (store, parsed, cancellation) =>
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
}
