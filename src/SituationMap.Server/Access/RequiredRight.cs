using SituationMap.Store.Access;

namespace SituationMap.Server.Access;

/// <summary>What an endpoint needs. One that does not say is refused to all.</summary>
/// <param name="Right">Null: open to all, signed in or not.</param>
/// <param name="Or">Another right that is enough.</param>
/// <param name="IsOwnAccount">It is about the account of whoever asks: he has to be signed in, and needs no right.</param>
internal sealed record RequiredRight(Right? Right, Right? Or = null, bool IsOwnAccount = false)
{
    /// <summary>Whether somebody may reach it.</summary>
    public bool Allows(Caller? caller) =>
        IsOwnAccount
            ? caller is { Kind: CallerKind.Session or CallerKind.Token }
            : Right is not { } right || caller?.May(right) == true || (Or is { } other && caller?.May(other) == true);

    /// <summary>What it takes, to be told to whom it is refused.</summary>
    public string InWords =>
        IsOwnAccount ? "a session: neither a key nor local mode has a password"
        : Or is { } other ? $"an account with the right {Right} or {other}"
        : $"an account with the right {Right}";
}

/// <summary>On an endpoint with another method than GET: no row in the audit record is written for it before it runs.</summary>
internal sealed class NoRecord
{
    public static readonly NoRecord Instance = new();
}

internal static class RequiredRightExtensions
{
    /// <summary>Marks what only those may reach who have the right somewhere; the endpoint keeps to the caller's
    /// <see cref="Scope"/>.</summary>
    /// <param name="or">Another right that is enough.</param>
    public static TBuilder RequiresRight<TBuilder>(this TBuilder builder, Right right, Right? or = null)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequiredRight(right, or));

    /// <summary>Marks what is about the account of whoever asks, and nobody else's.</summary>
    public static TBuilder RequiresSignIn<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequiredRight(Right: null, IsOwnAccount: true));

    /// <summary>Marks what tells nothing about the situation and is open to all.</summary>
    public static TBuilder OpenToAll<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequiredRight(Right: null));

    /// <summary>Marks what only asks, though not with GET, such as a batch of lookups.</summary>
    public static TBuilder ChangesNothing<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(NoRecord.Instance);

    /// <summary>Marks what writes its row of the audit record itself, in the transaction of the change.</summary>
    public static TBuilder RecordsItself<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(NoRecord.Instance);
}
