using System.Security.Claims;
using SituationMap.Store.Access;

namespace SituationMap.Server.Access;

/// <summary>How a caller made himself known.</summary>
internal enum CallerKind
{
    /// <summary>By the token of local mode, on this machine.</summary>
    Local,

    /// <summary>By signing in.</summary>
    Session,

    /// <summary>By an API key.</summary>
    Key,

    /// <summary>By a token of the configured authority.</summary>
    Token,
}

/// <summary>Who asks, and what he may do where. Unchangeable: one object serves all requests until something is granted or
/// revoked.</summary>
internal sealed class Caller
{
    private readonly Scope?[] _scopes = new Scope?[Enum.GetValues<Right>().Length];

    /// <param name="credential">By which the directory finds his session or key.</param>
    public Caller(
        string name,
        CallerKind kind,
        IEnumerable<KeyValuePair<Right, Scope>> rights,
        UInt128 credential = default,
        bool isGateway = false,
        bool lacksSecondFactor = false,
        IReadOnlyList<GuardedCheckpoint>? checkpoints = null
    )
    {
        (Name, Kind, Credential, IsGateway, LacksSecondFactor) = (name, kind, credential, isGateway, lacksSecondFactor);
        Checkpoints = checkpoints;
        foreach (var (right, scope) in rights)
            _scopes[(int)right] = scope;
        Principal = new ClaimsPrincipal(new Identity(this));
    }

    /// <summary>Whose server it is, in local mode: may do everything.</summary>
    public static Caller Local { get; } =
        new("local", CallerKind.Local, Enum.GetValues<Right>().Select(right => KeyValuePair.Create(right, Scope.WholeCity)));

    /// <summary>The account's name.</summary>
    public string Name { get; }

    public CallerKind Kind { get; }

    public UInt128 Credential { get; }

    /// <summary>Whether it is a key that passes on what others report.</summary>
    public bool IsGateway { get; }

    /// <summary>Whether he has a role that holds once he has a second factor.</summary>
    public bool LacksSecondFactor { get; }

    /// <summary>Which checkpoints he guards, if any; null: every one, at all times.</summary>
    public IReadOnlyList<GuardedCheckpoint>? Checkpoints { get; }

    /// <summary>As the framework knows him.</summary>
    public ClaimsPrincipal Principal { get; }

    public IEnumerable<Right> Rights => Enum.GetValues<Right>().Where(May);

    public bool May(Right right) => _scopes[(int)right] is not null;

    /// <summary>Where he has the right; null: nowhere.</summary>
    public Scope? ScopeOf(Right right) => _scopes[(int)right];

    /// <summary>Whether he lets people through a checkpoint, at a local time or, where it is null, at any.</summary>
    public bool Guards(string checkpoint, TimeOnly? at) =>
        May(Right.Guard) && Checkpoints?.Any(guarded => guarded.Code == checkpoint && (at is not { } time || guarded.IsAt(time))) != false;

    public sealed class Identity(Caller caller) : ClaimsIdentity([new Claim(DefaultNameClaimType, caller.Name)], caller.Kind.ToString())
    {
        public Caller Caller => caller;
    }
}
