using System.Security.Claims;

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

/// <summary>Who asks, and what he may do where. Unchangeable: one object serves all requests until something is granted or revoked.</summary>
internal sealed class Caller
{
    private readonly Scope?[] _scopes = new Scope?[Enum.GetValues<Right>().Length];

    /// <param name="credential">By which the directory finds his session or key.</param>
    public Caller(string name, CallerKind kind, IEnumerable<KeyValuePair<Right, Scope>> rights, UInt128 credential = default)
    {
        (Name, Kind, Credential) = (name, kind, credential);
        foreach (var (right, scope) in rights)
            _scopes[(int)right] = scope;
        Principal = new ClaimsPrincipal(new Identity(this));
    }

    /// <summary>Whose server it is, in local mode: may do everything.</summary>
    public static Caller Local { get; } = new("local", CallerKind.Local, Enum.GetValues<Right>().Select(right => KeyValuePair.Create(right, Scope.WholeCity)));

    /// <summary>The account's name.</summary>
    public string Name { get; }

    public CallerKind Kind { get; }

    public UInt128 Credential { get; }

    /// <summary>As the framework knows him.</summary>
    public ClaimsPrincipal Principal { get; }

    public IEnumerable<Right> Rights => Enum.GetValues<Right>().Where(May);

    public bool May(Right right) => _scopes[(int)right] is not null;

    /// <summary>Where he has the right; null: nowhere.</summary>
    public Scope? ScopeOf(Right right) => _scopes[(int)right];

    public sealed class Identity(Caller caller) : ClaimsIdentity([new Claim(DefaultNameClaimType, caller.Name)], caller.Kind.ToString())
    {
        public Caller Caller => caller;
    }
}

internal static class CallerOfRequest
{
    /// <summary>Who asks; null: somebody unknown, who reaches only what is open to all.</summary>
    public static Caller? Caller(this HttpContext context) => (context.User.Identity as Caller.Identity)?.Caller;

    /// <summary>Whether the caller may tell the members of a grid's households apart: who reports of them, or may see who they are.</summary>
    /// <param name="grid">Its code.</param>
    public static bool MaySeeMembers(this HttpContext context, string grid)
    {
        var path = grid.Replace('-', '.');
        return context.Caller() is { } caller && (caller.ScopeOf(Right.Report)?.CoversPath(path) == true || caller.ScopeOf(Right.SeePersons)?.CoversPath(path) == true);
    }

    /// <summary>Where the caller has a right that the endpoint needs.</summary>
    public static Scope Scope(this HttpContext context, Right right = Right.See) =>
        context.Caller()?.ScopeOf(right) ?? throw new InvalidOperationException($"The endpoint asks for the scope of {right} and does not need that right.");
}
