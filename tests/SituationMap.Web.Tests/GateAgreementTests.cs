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
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(sets, JsonSerializerOptions.Web));

            var (exitCode, output) = await TypeScriptTests.NpmAsync("test", file, "tests/gate.test.ts");

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
