namespace SituationMap.Store;

/// <summary>
/// The program cannot go on, for a reason a person can mend. The message says what is wrong and what to do; it is shown
/// without a stack trace and ends the program with exit code 1.
/// </summary>
public sealed class StartupException(string message, Exception? inner = null) : Exception(message, inner);
