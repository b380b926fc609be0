using System.Globalization;
using SituationMap.Core.Facts;

namespace SituationMap.Server.Demo.City;

/// <summary>A report as the store keeps it; its data as JSON text.</summary>
internal readonly record struct CityFact(
    Guid Id,
    int Household,
    int? Person,
    FactKind Kind,
    DateTime At,
    DateTime ReceivedAt,
    string Source,
    string Data
);

/// <summary>
/// What was reported in 120 days: little stories, each about one household, such as a journey and the return, or an order, the
/// readings under it and the release. They start at any time, so the last days have as many as the first.
/// </summary>
internal sealed class CityFacts
{
    private static readonly string[] Divisions = ["420100", "330300", "110000", "310000", "440300", "210200", "220100"];

    private readonly CityPlan _plan;
    private readonly CityHouseholds _households;
    private readonly DemoRandom _random;
    private readonly DateTime _now;
    private readonly List<CityFact> _facts;
    private int _household;
    private string _source = "";

    private CityFacts(CityPlan plan, CityHouseholds households)
    {
        (_plan, _households, _random, _now) = (plan, households, plan.Random("facts"), plan.Now.UtcDateTime);
        _facts = new List<CityFact>(plan.Facts);
    }

    /// <summary>Exactly as many as the plan says, in the order in which they came in.</summary>
    public static List<CityFact> Report(CityPlan plan, CityHouseholds households)
    {
        var facts = new CityFacts(plan, households);
        while (facts._facts.Count < plan.Facts)
            facts.Tell();
        facts._facts.RemoveRange(plan.Facts, facts._facts.Count - plan.Facts);
        facts._facts.Sort((one, other) => (one.ReceivedAt, one.Id).CompareTo((other.ReceivedAt, other.Id)));
        return facts._facts;
    }

    private void Tell()
    {
        _household = _random.Whole(1, _plan.Households);
        _source = $"grid:{_households.BuildingOf(_household).Mesh.Grid.Code}";
        // one in five is about the whole household
        int? person = _random.Chance(0.2)
            ? null
            : _households.FirstPerson(_household) + _random.Whole(0, _households.Members(_household) - 1);
        var start = _now.AddSeconds(-Math.Floor(_random.NextDouble() * CityPlan.Days * 86_400));
        var draw = _random.NextDouble();
        if (draw < 0.2)
            Survey(start);
        else if (draw < 0.46)
            Journey(person, start);
        else if (draw < 0.62)
            Order(person, start);
        else if (draw < 0.78)
            Contact(person, start);
        else if (draw < 0.88)
            Readings(person, start, _random.Whole(1, 3));
        else if (draw < 0.97)
            Passage(person, start);
        else if (draw < 0.985)
            Tests(person, start);
        else if (draw < 0.99)
            Case(person, start);
        else if (draw < 0.995)
            Override(start);
        else
            Mistake(person, start);
    }

    private void Survey(DateTime at)
    {
        var members = _households.Members(_household);
        Add(FactKind.Survey, null, at, $$"""{"members":{{members}},"present":{{_random.Whole(0, members)}}}""");
    }

    private void Journey(int? person, DateTime at)
    {
        Add(FactKind.Departed, person, at, $$"""{"to":"{{_random.Pick(Divisions)}}"}""");
        if (!_random.Chance(0.8))
            return;
        var risk = _random.NextDouble() switch
        {
            < 0.08 => "high",
            < 0.3 => "medium",
            _ => "low",
        };
        var back = Later(at, 2, 30);
        var left = risk == "high" ? $",\"leftRiskAreaAt\":{Instant(back.AddHours(-_random.Whole(2, 40)))}" : "";
        Add(FactKind.Returned, person, back, $$"""{"from":"{{_random.Pick(Divisions)}}","risk":"{{risk}}"{{left}}}""");
    }

    private void Order(int? person, DateTime at)
    {
        var measure = _random.Chance(0.45) ? "quarantine" : "observation";
        var order = Add(FactKind.Order, person, at, $$"""{"measure":"{{measure}}","days":{{_random.Pick([7, 14, 14, 21])}}}""");
        if (_random.Chance(0.35))
            Readings(person, Later(at, 1, 2), _random.Whole(1, 2));
        if (_random.Chance(0.3))
            Add(FactKind.Release, person, Later(at, 3, 12), $$"""{"order":"{{order}}"}""");
    }

    private void Contact(int? person, DateTime at)
    {
        Add(
            FactKind.Contact,
            person,
            at,
            $$"""{"degree":{{(_random.Chance(0.4) ? 1 : 2)}},"lastExposure":{{Instant(at.AddHours(-_random.Whole(6, 90)))}}}"""
        );
        if (_random.Chance(0.3))
            Tests(person, Later(at, 1, 7));
    }

    private void Readings(int? person, DateTime at, int count)
    {
        for (var i = 0; i < count; i++)
            Add(FactKind.Temperature, person, at.AddHours(12 * i), $$"""{"celsius":{{Celsius()}}}""");
    }

    private void Passage(int? person, DateTime at)
    {
        var checkpoint = CityStreets.CheckpointCode(_random.Whole(1, _plan.Checkpoints));
        var direction = _random.Chance(0.5) ? "in" : "out";
        var data = $$"""{"checkpoint":"{{checkpoint}}","direction":"{{direction}}","celsius":{{Celsius()}}}""";
        Add(FactKind.Passage, person, at, data);
    }

    private void Tests(int? person, DateTime at) =>
        Add(FactKind.Test, person, at, _random.Chance(0.01) ? """{"result":"positive"}""" : """{"result":"negative"}""");

    private void Case(int? person, DateTime at)
    {
        var confirmed = Add(FactKind.Case, person, at, """{"confirmed":true}""");
        if (_random.Chance(0.7))
            Add(FactKind.Release, person, Later(at, 12, 30), $$"""{"order":"{{confirmed}}"}""");
    }

    private void Override(DateTime at)
    {
        var until = Instant(Later(at, 3, 20));
        var first = Add(FactKind.Override, null, at, $$"""{"status":"observed","reason":"家访后决定","until":{{until}}}""");
        // a second person
        _source = "system:command-post";
        Add(
            FactKind.Override,
            null,
            at.AddHours(2),
            $$"""{"status":"observed","reason":"同意","until":{{until}},"confirms":"{{first}}"}"""
        );
    }

    private void Mistake(int? person, DateTime at)
    {
        var wrong = Add(FactKind.Temperature, person, at, """{"celsius":39.5}""");
        Add(FactKind.Retraction, null, at.AddHours(1), $$"""{"fact":"{{wrong}}","reason":"读数有误"}""");
    }

    private Guid Add(FactKind kind, int? person, DateTime at, string data)
    {
        var id = _random.NextGuid();
        var received = at.AddSeconds(_random.Whole(5, 900));
        // what would lie in the future has not been reported
        if (received <= _now)
            _facts.Add(new CityFact(id, _household, person, kind, at, received, _source, data));
        return id;
    }

    private DateTime Later(DateTime at, int fromDays, int toDays) => at.AddSeconds(_random.Whole(fromDays * 86_400, toDays * 86_400));

    private string Celsius() =>
        (_random.Chance(0.03) ? _random.Between(37.4, 39.5) : _random.Between(36, 37.2)).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Instant(DateTime at) => $"\"{at:yyyy-MM-ddTHH:mm:ssZ}\"";
}
