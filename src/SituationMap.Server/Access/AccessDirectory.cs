using System.Collections.Concurrent;
using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Access;

/// <summary>
/// Who may do what, in memory: accounts, what is granted to them, sessions and keys. Read anew whenever any of it has changed, which is
/// looked for twice a second: what is revoked by any process ends here within that time, on open feeds too.
/// </summary>
internal sealed class AccessDirectory(NpgsqlDataSource database, TimeProvider clock, Supervisor supervisor) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<AccessWatch, bool> _watches = [];
    private volatile Picture _picture = new(-1, [], []);

    /// <summary>Whose session or key this is; null: nobody's, or it has ended.</summary>
    public Caller? Find(ReadOnlySpan<char> secret, CallerKind kind) =>
        _picture.Credentials.TryGetValue(Secret.Key(secret), out var credential) && credential.Kind == kind ? CallerOf(credential) : null;

    /// <summary>Somebody an authority vouches for; null: there is no such account.</summary>
    public Caller? FindByName(string account) => _picture.Accounts.TryGetValue(account, out var found) ? CallerOf(found.AsToken) : null;

    /// <summary>Whose session or key has a secret of this hash; null: it has ended.</summary>
    public Caller? FindByHash(byte[] hash) =>
        _picture.Credentials.TryGetValue(Secret.Key(hash), out var credential) ? CallerOf(credential) : null;

    /// <summary>The caller as he is now, after all that has been granted and revoked; null: he has no access any more.</summary>
    public Caller? Now(Caller caller) =>
        caller.Kind switch
        {
            CallerKind.Local => caller,
            CallerKind.Token => FindByName(caller.Name),
            _ => _picture.Credentials.TryGetValue(caller.Credential, out var credential) ? CallerOf(credential) : null,
        };

    /// <summary>Watches whether the caller keeps a right in the same scope, for as long as an answer goes on.</summary>
    public AccessWatch Watch(Caller caller, Right right)
    {
        var watch = new AccessWatch(this, caller, right);
        _watches.TryAdd(watch, true);
        watch.Check(); // what was revoked just before
        return watch;
    }

    public void Forget(AccessWatch watch) => _watches.TryRemove(watch, out _);

    /// <summary>Reads everything anew, after a change made here.</summary>
    public async Task ReloadAsync(CancellationToken cancellation)
    {
        var found = await GrantedAccess.ReadAsync(database, cancellation);
        var grants = found.Grants.ToLookup(grant => grant.Account);
        var accounts = found.Accounts.ToDictionary(
            name => name,
            name => new Account(name, [.. grants[name].Select(grant => new Grant(Role.Find(grant.Role)!, grant.Grid, grant.ExpiresAt))]),
            StringComparer.Ordinal
        );
        var credentials = found
            .Credentials.Select(one => new Credential(
                accounts[one.Account],
                one.Kind == "key" ? CallerKind.Key : CallerKind.Session,
                Secret.Key(one.Hash),
                one.Role,
                one.Grid,
                one.ExpiresAt
            ))
            .ToDictionary(credential => credential.Key);
        lock (database)
        {
            // of two readers the later one wins
            if (found.Version >= _picture.Version)
                _picture = new Picture(found.Version, accounts, credentials);
        }
        foreach (var watch in _watches.Keys)
            watch.Check();
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await ReloadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>While it cannot look, who may do what stays as it was: with the store away nobody can change it either.</summary>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        supervisor.KeepAsync("following who may do what", LookAsync, supervisor.Every(LookEvery), stoppingToken);

    private async Task LookAsync(CancellationToken cancellation)
    {
        if (await GrantedAccess.VersionAsync(database, cancellation) != _picture.Version)
            await ReloadAsync(cancellation);
    }

    private Caller? CallerOf(Credential credential)
    {
        var now = clock.GetUtcNow();
        if (credential.ExpiresAt <= now)
            return null;
        // made once, and anew when something granted has run out
        return credential.Made is { } made && now < made.Until ? made.Caller : (credential.Made = Make(credential, now)).Caller;
    }

    private static MadeCaller Make(Credential credential, DateTimeOffset now)
    {
        var rights = new Dictionary<Right, List<string?>>();
        var until = credential.ExpiresAt;
        foreach (var grant in credential.Account.Grants)
        {
            if (
                grant.ExpiresAt <= now
                || (credential.Role is not null && grant.Role.Name != credential.Role)
                || !Narrow(grant.Grid, credential.Grid, out var grid)
            )
                continue;
            if (grant.ExpiresAt < until)
                until = grant.ExpiresAt.Value;
            foreach (var right in grant.Role.Rights)
            {
                if (!rights.TryGetValue(right, out var grids))
                    rights.Add(right, grids = []);
                grids.Add(grid);
            }
        }
        return new MadeCaller(
            new Caller(
                credential.Account.Name,
                credential.Kind,
                rights.Select(right => KeyValuePair.Create(right.Key, Scope.Of(right.Value))),
                credential.Key
            ),
            until
        );
    }

    /// <summary>What both a grant and a key cover; false: nothing.</summary>
    private static bool Narrow(string? granted, string? key, out string? both)
    {
        both = granted;
        if (key is null || key == granted)
            return true;
        if (granted is null || key.StartsWith(granted + "-", StringComparison.Ordinal))
        {
            both = key;
            return true;
        }
        return granted.StartsWith(key + "-", StringComparison.Ordinal);
    }

    private sealed record Grant(Role Role, string? Grid, DateTimeOffset? ExpiresAt);

    private sealed class Account
    {
        public Account(string name, Grant[] grants)
        {
            (Name, Grants) = (name, grants);
            AsToken = new Credential(this, CallerKind.Token, default, null, null, DateTimeOffset.MaxValue);
        }

        public string Name { get; }

        public Grant[] Grants { get; }

        public Credential AsToken { get; }
    }

    private sealed class Credential(Account account, CallerKind kind, UInt128 key, string? role, string? grid, DateTimeOffset expiresAt)
    {
        public Account Account => account;

        public CallerKind Kind => kind;

        public UInt128 Key => key;

        public string? Role => role;

        public string? Grid => grid;

        public DateTimeOffset ExpiresAt => expiresAt;

        public MadeCaller? Made { get; set; }
    }

    private sealed record MadeCaller(Caller Caller, DateTimeOffset Until);

    private sealed record Picture(long Version, Dictionary<string, Account> Accounts, Dictionary<UInt128, Credential> Credentials);
}
