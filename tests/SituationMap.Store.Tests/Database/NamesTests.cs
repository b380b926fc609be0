using System.Reflection;
using System.Text.RegularExpressions;
using Shouldly;
using SituationMap.Store.Database;

namespace SituationMap.Store.Tests.Database;

/// <summary>
/// Keys of advisory locks and names of channels have one home each; SQL of the store that has to write a channel out agrees with it.
/// </summary>
public sealed partial class NamesTests(PostgisCluster cluster)
{
    [Fast]
    [Fact]
    public void No_key_stands_for_two_things()
    {
        var keys = typeof(LockKeys)
            .GetFields(BindingFlags.Static | BindingFlags.Public)
            .Select(field => Convert.ToInt64(field.GetRawConstantValue()))
            .ToList();

        keys.Count.ShouldBeGreaterThan(5);
        keys.ShouldBeUnique();
    }

    [Fast]
    [Fact]
    public void No_other_file_writes_a_key_or_a_channel_out()
    {
        string[] channels = [Channels.Feed, Channels.Dirty];
        var offences =
            from file in Directory.EnumerateFiles(Path.Combine(Sources.Root, "src"), "*.cs", SearchOption.AllDirectories)
            let name = Path.GetFileName(file)
            where name != "Channels.cs" && !file.Contains("node_modules", StringComparison.Ordinal)
            let text = File.ReadAllText(file)
            where
                WrittenKey().IsMatch(text)
                || channels.Any(channel => text.Contains(channel, StringComparison.Ordinal))
                || WrittenChannel().IsMatch(text)
            select name;

        offences.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_functions_of_the_store_take_no_lock_of_their_own_and_notify_on_our_channels()
    {
        await using var database = await cluster.CreateDatabaseAsync();

        var texts = await database.ReadRowsAsync(
            "SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'situation'::regnamespace",
            row => row.GetString(0)
        );

        texts.ShouldAllBe(text => !text.Contains("advisory", StringComparison.Ordinal));
        texts
            .SelectMany(text => Notified().Matches(text))
            .Select(match => match.Groups["channel"].Value)
            .Distinct()
            .Order()
            .ShouldBe([Channels.Dirty, Channels.Feed]);
    }

    [GeneratedRegex(@"advisory_\w+\(\s*[\d']", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WrittenKey();

    [GeneratedRegex(@"(?:pg_notify\('|""LISTEN )\w", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WrittenChannel();

    [GeneratedRegex(@"pg_notify\('(?<channel>\w+)'", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Notified();
}
