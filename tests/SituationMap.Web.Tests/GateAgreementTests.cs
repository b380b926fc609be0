using System.Text.Json;
using Shouldly;
using SituationMap.Core;
using SituationMap.Core.Gate;
using SituationMap.Core.Protocols;

namespace SituationMap.Web.Tests;

/// <summary>The server and the page of a gate decide alike.</summary>
[Fast]
public sealed class GateAgreementTests
{
    private const int Sets = 1_000;
    private const int CasesOfASet = 120;

    [Fact]
    public async Task Of_a_hundred_thousand_people_at_gates_with_a_thousand_sets_of_rules_the_page_decides_as_the_server()
    {
        var random = new Random(20200205);
        var decided = new HashSet<int>();
        var sets = Enumerable.Range(0, Sets).Select(_ => Set(random, decided)).ToList();
        decided.Count.ShouldBeGreaterThan(5); // first, later and no rules

        await AgreeAsync(sets, "tests/gate.test.ts");
    }

    [Fact]
    public async Task A_thousand_passes_good_and_bad_are_read_by_the_page_as_by_the_server()
    {
        const uint Place = 0xFEDC_BA98;
        var random = new Random(20200206);
        var today = new DateOnly(2026, 11, 30);
        byte[] secret = [.. Enumerable.Range(1, 32).Select(number => (byte)number)];
        byte[] other = [.. Enumerable.Range(2, 32).Select(number => (byte)number)];
        var keys = new Dictionary<byte, byte[]> { [3] = PassToken.PublicKey(secret) };
        var tokens = Enumerable.Range(0, 1_000).Select(Token).ToList();
        tokens.Select(one => one.Fault).Distinct().Count().ShouldBe(4); // none, forged, foreign, expired

        await AgreeAsync(
            new
            {
                place = Place,
                key = Convert.ToBase64String(keys[3]),
                today = today.DayNumber - new DateOnly(2020, 1, 1).DayNumber,
                tokens,
            },
            "tests/pass.test.ts"
        );

        Made Read(string token)
        {
            var (pass, fault) = PassToken.Read(token, Place, keys, new HashSet<uint>(), today);
            return new Made(token, fault is { } why ? Name(why) : null, pass?.Serial ?? 0, pass?.Household ?? 0);
        }

        Made Token(int i)
        {
            var pass = new Pass(
                (uint)random.NextInt64(1, uint.MaxValue),
                (uint)random.Next(1, 1 << random.Next(1, 31)),
                Any<PassKind>(random),
                today.AddDays(-random.Next(0, 300)),
                today.AddDays(random.Next(-3, 300)),
                (byte)(i % 10 == 0 ? 4 : 3),
                i % 10 == 1 ? (uint)random.Next() : Place
            );
            var token = PassToken.Sign(pass, i % 10 == 2 ? other : secret);
            return Read(
                (i % 10) switch
                {
                    3 => token[..random.Next(token.Length)],
                    4 => $"{token[..80]}{(char)random.Next(' ', '[')}{token[81..]}",
                    5 => token + (char)random.Next('0', ':'),
                    _ => token,
                }
            );
        }
    }

    /// <param name="Fault">Why it does not count; null: it does.</param>
    private sealed record Made(string Token, string? Fault, uint Serial, uint Household);

    /// <summary>Runs a test of the page over cases that the server has made.</summary>
    private static async Task AgreeAsync(object cases, string test)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(cases, JsonSerializerOptions.Web));

            var (exitCode, output) = await TypeScriptTests.NpmAsync("test", file, test);

            exitCode.ShouldBe(0, output);
            output.ShouldNotContain("skipped");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static object Set(Random random, HashSet<int> decided)
    {
        var rules = Enumerable.Range(0, random.Next(1, 8)).Select(number => Rule(random, number)).ToList();
        return new
        {
            rules = rules.Select(rule => new
            {
                id = rule.Id,
                when = When(rule),
                decision = Name(rule.Decision),
            }),
            cases = Enumerable
                .Range(0, CasesOfASet)
                .Select(_ => Person(random))
                .Select(person =>
                {
                    var rule = GateRules.Evaluate(rules, person) is { } found ? rules.IndexOf(found) : -1;
                    decided.Add(rule);
                    return new
                    {
                        kind = Name(person.Kind),
                        direction = Name(person.Direction),
                        purpose = Name(person.Purpose),
                        person.Celsius,
                        person.Stays,
                        person.At,
                        person.Outs,
                        rule,
                    };
                })
                .ToList(),
        };
    }

    private static GateRule Rule(Random random, int number) =>
        new()
        {
            Id = $"rule-{number}",
            Published = false,
            Direction = Sometimes(random) ? Any<GateDirection>(random) : null,
            Kinds = Sometimes(random) ? [Any<PassKind>(random), Any<PassKind>(random)] : [],
            Purpose = Sometimes(random) ? GatePurpose.Doctor : null,
            Stays = Sometimes(random) ? random.Next(2) == 0 : null,
            CelsiusOver = Sometimes(random) ? Celsius(random) : null,
            Between = Sometimes(random) ? Hours(random) : null,
            OutWithinDays = Sometimes(random) ? random.Next(1, 5) : null,
            Decision = Any<GateDecision>(random),
            Words = new LocalText("", ""),
        };

    /// <summary>Near the edges of days, hours and temperatures more often than chance would have it.</summary>
    private static AtGate Person(Random random)
    {
        var at = random.Next(-5, 20_000) * 1440L + (Sometimes(random) ? random.Next(24) * 60 - random.Next(2) : random.Next(1440));
        return new(
            Any<PassKind>(random),
            Any<GateDirection>(random),
            Any<GatePurpose>(random),
            Sometimes(random) ? null : Celsius(random),
            random.Next(2) == 0,
            at,
            [.. Enumerable.Range(0, random.Next(4)).Select(_ => at - random.Next(-60, 6 * 1440))]
        );
    }

    private static Dictionary<string, object> When(GateRule rule)
    {
        var when = new Dictionary<string, object>();
        if (rule.Direction is { } direction)
            when["direction"] = Name(direction);
        if (rule.Kinds.Count > 0)
            when["kinds"] = rule.Kinds.Select(Name);
        if (rule.Purpose is { } purpose)
            when["purpose"] = Name(purpose);
        if (rule.Stays is { } stays)
            when["stays"] = stays;
        if (rule.CelsiusOver is { } over)
            when["celsiusOver"] = over;
        if (rule.Between is var (from, to))
            when["between"] = new { from = Time(from), to = Time(to) };
        if (rule.OutWithinDays is { } days)
            when["outWithinDays"] = days;
        return when;
    }

    private static (int, int) Hours(Random random)
    {
        var from = random.Next(24) * 60;
        return (from, (from + (60 * random.Next(1, 24))) % 1440);
    }

    private static double Celsius(Random random) => Math.Round(36 + (random.Next(30) / 10.0), 1);

    private static bool Sometimes(Random random) => random.Next(3) == 0;

    private static T Any<T>(Random random)
        where T : struct, Enum => Enum.GetValues<T>()[random.Next(Enum.GetValues<T>().Length)];

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static string Time(int minutes) => $"{minutes / 60:00}:{minutes % 60:00}";
}
