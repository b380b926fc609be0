using SituationMap.Store.Access;

namespace SituationMap.Server.Access;

/// <summary>What an endpoint needs. One that does not say is refused to all.</summary>
/// <param name="Right">Null: open to all, signed in or not.</param>
internal sealed record RequiredRight(Right? Right);

/// <summary>On an endpoint with another method than GET: no row in the audit record is written for it before it runs.</summary>
internal sealed class NoRecord
{
    public static readonly NoRecord Instance = new();
}

internal static class RequiredRightExtensions
{
    /// <summary>Marks what only those may reach who have the right somewhere; the endpoint keeps to the caller's
    /// <see cref="Scope"/>.</summary>
    public static TBuilder RequiresRight<TBuilder>(this TBuilder builder, Right right)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new RequiredRight(right));

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
