namespace SituationMap.Server.Commands;

/// <summary>How much a finding matters.</summary>
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>The server works without it, or it is only for information.</summary>
    Note,

    /// <summary>The server does not start without it.</summary>
    Missing,
}

/// <summary>One thing the doctor looked at.</summary>
/// <param name="What">What it found, in a line.</param>
/// <param name="Mend">The command or step that mends it; null where nothing is to be done.</param>
internal readonly record struct Finding(Verdict Verdict, string What, string? Mend = null);
