using SituationMap.Store.Access;

namespace SituationMap.Server.Access;

internal static class CallerOfRequest
{
    /// <summary>Who asks; null: somebody unknown, who reaches only what is open to all.</summary>
    public static Caller? Caller(this HttpContext context) => (context.User.Identity as Caller.Identity)?.Caller;

    /// <summary>Whether the caller may tell the members of a grid's households apart: who reports of them, or may see who they
    /// are.</summary>
    /// <param name="grid">Its code.</param>
    public static bool MaySeeMembers(this HttpContext context, string grid)
    {
        var path = grid.Replace('-', '.');
        return context.Caller() is { } caller
            && (caller.ScopeOf(Right.Report)?.CoversPath(path) == true || caller.ScopeOf(Right.SeePersons)?.CoversPath(path) == true);
    }

    /// <summary>Where the caller has a right that the endpoint needs.</summary>
    public static Scope Scope(this HttpContext context, Right right = Right.See) =>
        context.Caller()?.ScopeOf(right)
        ?? throw new InvalidOperationException($"The endpoint asks for the scope of {right} and does not need that right.");
}
