namespace SituationMap.Server.Commands;

/// <summary>
/// The command line, taken apart: what standard .NET configuration reads (<c>--urls …</c>, <c>--SituationMap:Plan=china</c>,
/// <c>--ConnectionStrings:SituationMap …</c>), and the verb with its options.
/// </summary>
/// <param name="Configuration">For the configuration, in the order given.</param>
/// <param name="Verb">For the parser of verbs, which refuses what it does not know.</param>
internal sealed record Arguments(string[] Configuration, string[] Verb)
{
    // the settings of .NET's hosts, which have no section and so no colon in their names
    private static readonly HashSet<string> HostSettings = new(StringComparer.OrdinalIgnoreCase)
    {
        "urls",
        "http_ports",
        "https_ports",
        "environment",
        "contentRoot",
        "applicationName",
        "webroot",
        "suppressStatusMessages",
    };

    public static Arguments Split(IReadOnlyList<string> all)
    {
        var configuration = new List<string>();
        var verb = new List<string>();
        for (var i = 0; i < all.Count; i++)
        {
            if (!IsSetting(all[i]))
            {
                verb.Add(all[i]);
                continue;
            }

            configuration.Add(all[i]);
            // --key value: the value goes with it, whatever it looks like
            if (!all[i].Contains('=', StringComparison.Ordinal) && i + 1 < all.Count)
                configuration.Add(all[++i]);
        }

        return new Arguments([.. configuration], [.. verb]);
    }

    private static bool IsSetting(string argument)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal))
            return false;
        var name = argument[2..].Split('=', 2)[0];
        // sections begin with a capital, options of verbs never do
        return name.Length > 0
            && (char.IsAsciiLetterUpper(name[0]) || name.Contains(':', StringComparison.Ordinal) || HostSettings.Contains(name));
    }
}
