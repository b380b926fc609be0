using System.Collections.Concurrent;
using Npgsql;
using SituationMap.Store.Access;
using SituationMap.Store.Settings;
using SituationMap.Store.Supervision;

namespace SituationMap.Server.Access;

/// <summary>
/// Who may do what, in memory: accounts, what is granted to them, sessions and keys. Read anew whenever any of it has changed, which is
/// looked for twice a second: what is revoked by any process ends here within that time, on open feeds too.
/// </summary>
internal sealed class AccessDirectory(
    NpgsqlDataSource database,
    SessionStore sessions,
    SituationMapOptions options,
    TimeProvider clock,
    Supervisor supervisor
) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Often enough that what another process knows is not taken for idle.</summary>
    private readonly TimeSpan _storeUseEvery = TimeSpan.FromTicks(Math.Min(TimeSpan.FromMinutes(5).Ticks, options.SessionIdle.Ticks / 8));
    private DateTimeOffset _useStoredAt = clock.GetUtcNow();

    private readonly ConcurrentDictionary<AccessWatch, bool> _watches = [];
    private volatile Picture _picture = new(-1, [], []);

    /// <summary>Whose session or key this is; null: nobody's, or it has ended.</summary>
    public Caller? Find(ReadOnlySpan<char> secret, CallerKind kind) =>
        _picture.Credentials.TryGetValue(Secret.Key(secret), out var credential) && credential.Kind == kind ? Use(credential) : null;

    /// <summary>Whose valid token of the authority this is: it is bound at its first use, and from then on ends as a session does. Null:
    /// there is no such account, or it was ended.</summary>
    public async ValueTask<Caller?> FindTokenAsync(
        string token,
        string account,
        DateTimeOffset expiresAt,
        string origin,
        CancellationToken cancellation
    )
    {
        var key = Secret.Key(Secret.HashToken(token));
        if (!_picture.Credentials.ContainsKey(key) && _picture.Accounts.ContainsKey(account))
        {
            await sessions.BindTokenAsync(token, account, expiresAt, origin, cancellation);
            await ReloadAsync(cancellation);
        }
        return _picture.Credentials.TryGetValue(key, out var bound) && bound.Kind == CallerKind.Token && bound.Account.Name == account
            ? Use(bound)
            : null;
    }

    /// <summary>An account with all that is granted to it, by its name; null: there is none.</summary>
    public Caller? FindByName(string account) => _picture.Accounts.TryGetValue(account, out var found) ? CallerOf(found.AsItself) : null;

    /// <summary>Whose session or key has a secret of this hash; null: it has ended.</summary>
    public Caller? FindByHash(byte[] hash) =>
        _picture.Credentials.TryGetValue(Secret.Key(hash), out var credential) ? CallerOf(credential) : null;

    /// <summary>The caller as he is now, after all that has been granted and revoked; null: he has no access any more.</summary>
    public Caller? Now(Caller caller) =>
        caller.Kind switch
        {
            CallerKind.Local => caller,
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
            name => new Account(
                name,
                [
                    .. grants[name]
                        .Select(grant => new Grant(
                            Role.Find(grant.Role)!,
                            grant.Grid,
                            grant.ExpiresAt,
                            grant.Checkpoint,
                            LacksFactor: found.SecondFactorRoles.Contains(grant.Role) && !found.Enrolled.Contains(name)
                        )),
                ]
            ),
            StringComparer.Ordinal
        );
        var before = _picture.Credentials;
        var credentials = found
            .Credentials.Select(one => new Credential(
                accounts[one.Account],
                Enum.Parse<CallerKind>(one.Kind, ignoreCase: true),
                Secret.Key(one.Hash),
                one.Role,
                one.Grid,
                one.Ended ? DateTimeOffset.MinValue : one.ExpiresAt,
                one.Gateway,
                one.UsedAt
            ))
            .ToDictionary(credential => credential.Key);
        foreach (var credential in credentials.Values)
            if (before.TryGetValue(credential.Key, out var old))
                credential.Use(old.UsedAt);
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
        var now = clock.GetUtcNow();
        if (now < _useStoredAt + _storeUseEvery)
            return;
        var used = _picture.Credentials.Values.Where(one => one.Kind != CallerKind.Key && one.UsedAt > _useStoredAt).ToList();
        if (used.Count > 0)
            await sessions.KeepUseAsync([.. used.Select(one => (one.Key, one.UsedAt))], cancellation);
        _useStoredAt = now;
    }

    private Caller? Use(Credential credential)
    {
        if (CallerOf(credential) is not { } caller)
            return null;
        credential.Use(clock.GetUtcNow());
        return caller;
    }

    private Caller? CallerOf(Credential credential)
    {
        var now = clock.GetUtcNow();
        if (credential.ExpiresAt <= now || (credential.Kind == CallerKind.Session && credential.UsedAt + options.SessionIdle <= now))
            return null;
        // made once, and anew when something granted has run out
        return credential.Made is { } made && now < made.Until ? made.Caller : (credential.Made = Make(credential, now)).Caller;
    }

    private static MadeCaller Make(Credential credential, DateTimeOffset now)
    {
        var rights = new Dictionary<Right, List<string?>>();
        var checkpoints = new List<GuardedCheckpoint>();
        var (until, lacksFactor) = (credential.ExpiresAt, false);
        foreach (var grant in credential.Account.Grants)
        {
            if (
                grant.ExpiresAt <= now
                || (credential.Role is not null && grant.Role.Name != credential.Role)
                || (grant.Checkpoint is not null && credential.Grid is not null)
                || !Narrow(grant.Grid, credential.Grid, out var grid)
            )
                continue;
            // who signs in by the authority has shown there what it asks for
            if (grant.LacksFactor && credential.Kind == CallerKind.Session)
            {
                lacksFactor = true;
                continue;
            }
            if (grant.ExpiresAt < until)
                until = grant.ExpiresAt.Value;
            if (grant.Checkpoint is { } checkpoint)
                checkpoints.Add(checkpoint);
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
                credential.Key,
                credential.IsGateway,
                lacksFactor,
                checkpoints
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

    /// <param name="LacksFactor">It holds in no session until the account has a second factor.</param>
    private sealed record Grant(Role Role, string? Grid, DateTimeOffset? ExpiresAt, GuardedCheckpoint? Checkpoint, bool LacksFactor);

    private sealed class Account
    {
        public Account(string name, Grant[] grants)
        {
            (Name, Grants) = (name, grants);
            AsItself = new Credential(this, CallerKind.Token, default, null, null, DateTimeOffset.MaxValue, isGateway: false, default);
        }

        public string Name { get; }

        public Grant[] Grants { get; }

        public Credential AsItself { get; }
    }

    private sealed class Credential(
        Account account,
        CallerKind kind,
        UInt128 key,
        string? role,
        string? grid,
        DateTimeOffset expiresAt,
        bool isGateway,
        DateTimeOffset usedAt
    )
    {
        private long _usedAt = usedAt.UtcTicks;

        public Account Account => account;

        public CallerKind Kind => kind;

        public UInt128 Key => key;

        public string? Role => role;

        public string? Grid => grid;

        public DateTimeOffset ExpiresAt => expiresAt;

        public bool IsGateway => isGateway;

        public DateTimeOffset UsedAt => new(Interlocked.Read(ref _usedAt), TimeSpan.Zero);

        public void Use(DateTimeOffset at)
        {
            // of several at once whichever: they differ by nothing that counts
            if (at.UtcTicks > Interlocked.Read(ref _usedAt))
                Interlocked.Exchange(ref _usedAt, at.UtcTicks);
        }

        public MadeCaller? Made { get; set; }
    }

    private sealed record MadeCaller(Caller Caller, DateTimeOffset Until);

    private sealed record Picture(long Version, Dictionary<string, Account> Accounts, Dictionary<UInt128, Credential> Credentials);
}
