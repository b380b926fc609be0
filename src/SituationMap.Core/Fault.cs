namespace SituationMap.Core;

/// <summary>
/// What a client is told when a request cannot be served: a stable code, the field concerned and what was expected there.
/// Never the text of an exception.
/// </summary>
/// <param name="Code">Stable and machine-readable, such as <c>field-missing</c>.</param>
/// <param name="Field">The offending field, dotted where nested; <c>body</c> or a parameter's name otherwise.</param>
/// <param name="Expected">What was expected there, in words.</param>
public sealed record Fault(string Code, string Field, string Expected);
