using System.Text.RegularExpressions;
using Npgsql;
using Shouldly;
using SituationMap.Server.Tests.Recovery;

namespace SituationMap.Server.Tests.Commands;

/// <summary>The commands of the operator's guide, run as they stand there, in their order; and those that it and the promises name in their
/// text.</summary>
public sealed partial class GuideTests(PostgisCluster cluster) : IDisposable
{
    /// <summary>How those begin that no test runs, and why.</summary>
    private static readonly Dictionary<string, string> NotRun = new()
    {
        ["docker "] = "needs Docker",
        ["pgbackrest "] = "needs a PostgreSQL that archives into a repository: drilled by hand, the guide says what was seen",
        ["patronictl "] = "needs a cluster of Patroni's",
        ["pg_ctl promote"] = "needs a standby: FailoverTests promotes one",
        ["dotnet run -c Release "] = "builds the program, and fills a city of a million households",
    };

    /// <summary>Those that are named in the text and in no block, and which test runs them.</summary>
    private static readonly Dictionary<string, string> RunElsewhere = new()
    {
        ["demo --play"] = "DemoPlayTests",
        ["open"] = "RunningServerTests",
        ["secrets make --lost"] = "DeploymentKeyTests",
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("situationmap-guide-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_command_works_or_is_known_not_to_be_run()
    {
        await using var server = new ServerProcess();
        await server.StartAsync();
        await using var restored = new ServerProcess();
        var notRun = new HashSet<string>();
        var run = new List<string>();

        var commands = await CommandsAsync();
        var named = (await NamedAsync()).Where(one => !Array.Exists(commands, line => Has(line, one))).ToArray();
        foreach (var command in commands.Concat(named.Where(one => !RunElsewhere.ContainsKey(one))))
        {
            if (NotRun.Keys.FirstOrDefault(start => command.StartsWith(start, StringComparison.Ordinal)) is { } known)
            {
                notRun.Add(known);
                continue;
            }
            if (command.StartsWith("users reset-second-factor ", StringComparison.Ordinal))
                await EnrolAsync(server, "li.na");
            var words = Words().Matches(command).Select(word => InFolder(word.Value.Trim('"'))).ToArray();
            var result = words[0] switch
            {
                // what is for an external database
                "prepare" => await PrepareAsync(words),
                // into a data folder that is not there yet
                "restore" => await VerbProcess.RunAsync([.. words, restored.FolderSetting]),
                _ => await VerbProcess.RunAsync("a password of 20\n", [.. words, server.FolderSetting]),
            };
            (command, result.Code, result.Errors).ShouldBe((command, 0, ""));
            run.Add(words[0]);
        }

        notRun.ShouldBe(NotRun.Keys, ignoreOrder: true);
        named.ShouldBe([.. RunElsewhere.Keys, "audit accept", "doctor"], ignoreOrder: true);
        run.Distinct()
            .ShouldBe(["users", "keys", "backup", "restore", "audit", "prepare", "recompute", "secrets", "doctor"], ignoreOrder: true);
        (await server.AnswersAsync("healthz/ready")).ShouldBeTrue();
        // what was restored serves
        await restored.StartAsync();
    }

    /// <summary>The lines of the blocks that are for a shell, without comments.</summary>
    private static async Task<string[]> CommandsAsync()
    {
        var guide = await File.ReadAllTextAsync(Path.Combine(Sources.Root, "src", "docs", "operating.md"));
        return
        [
            .. Block()
                .Matches(guide)
                .SelectMany(block => block.Groups["lines"].Value.Split('\n'))
                .Select(line => line.Split("  #")[0].Trim())
                .Where(line => line.Length > 0),
        ];
    }

    /// <summary>The verbs that the guide and the promises name in their text.</summary>
    private static async Task<string[]> NamedAsync()
    {
        var texts = new List<string>();
        foreach (var name in (string[])["operating.md", "security.md"])
            texts.Add(await File.ReadAllTextAsync(Path.Combine(Sources.Root, "src", "docs", name)));
        return
        [
            .. texts
                .SelectMany(text => Named().Matches(Block().Replace(text, "")))
                .Select(named => named.Groups["command"].Value)
                .Distinct(),
        ];
    }

    /// <summary>Whether a line of a block runs it: its verb and every option.</summary>
    private static bool Has(string line, string command) => command.Split(' ').All(line.Split(' ').Contains);

    /// <summary>As if he had put the secret into a program and had typed a code that it shows.</summary>
    private static async Task EnrolAsync(ServerProcess server, string account)
    {
        await using var store = await server.OpenStoreAsync();
        await using var enrol = store.CreateCommand("INSERT INTO second_factor (account, secret, confirmed) VALUES ($1, '\\x00', true)");
        enrol.Parameters.Add(new() { Value = account });
        await enrol.ExecuteNonQueryAsync();
    }

    private async Task<VerbResult> PrepareAsync(string[] words)
    {
        await using var database = await cluster.CreateEmptyDatabaseAsync();
        var role = $"guide_{Guid.NewGuid():N}"[..20];
        var served = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = role, Password = "of a test" };
        var result = await VerbProcess.RunAsync([
            .. words,
            $"--SituationMap:DataFolder={Path.Combine(_folder, "prepared")}",
            "--ConnectionStrings:SituationMapOwner",
            database.ConnectionString,
            "--ConnectionStrings:SituationMap",
            served.ConnectionString,
        ]);
        await database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        return result;
    }

    /// <summary>Files are written where the test can remove them.</summary>
    private string InFolder(string word) =>
        word.EndsWith(".backup", StringComparison.Ordinal) || word.EndsWith(".keys", StringComparison.Ordinal)
            ? Path.Combine(_folder, word)
            : word;

    [GeneratedRegex(
        @"^ *```sh\n(?<lines>.*?)^ *```$",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Block();

    [GeneratedRegex(
        "`(?<command>(users|keys|audit|secrets|backup|restore|recompute|doctor|prepare|demo|open)( [^`]*)?)`",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Named();

    [GeneratedRegex("\"[^\"]*\"|\\S+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Words();
}
