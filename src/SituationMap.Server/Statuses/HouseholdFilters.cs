using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SituationMap.Core;
using SituationMap.Core.Calendar;
using SituationMap.Core.Facts;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Households;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;
using SituationMap.Store.Statuses;

namespace SituationMap.Server.Statuses;

/// <summary>Which households: parameters that all lists of them take, each a condition more; absent ones are none.</summary>
internal sealed record HouseholdConditions(
    [FromQuery(Name = "grid")] string? Grid,
    [FromQuery(Name = "building")] string? Building,
    [FromQuery(Name = "status")] string? Status,
    [FromQuery(Name = "surveyed")] string? Surveyed,
    [FromQuery(Name = "let")] string? Let,
    [FromQuery(Name = "age")] string? Age,
    [FromQuery(Name = "overdue")] string? Overdue,
    [FromQuery(Name = "overdueTo")] string? OverdueTo,
    [FromQuery(Name = "sinceFrom")] string? SinceFrom,
    [FromQuery(Name = "sinceTo")] string? SinceTo,
    [FromQuery(Name = "untilFrom")] string? UntilFrom,
    [FromQuery(Name = "untilTo")] string? UntilTo,
    [FromQuery(Name = "zone")] string? Zone,
    [FromQuery(Name = "misplaced")] string? Misplaced
);

/// <summary>Makes filters of conditions, within the caller's scope.</summary>
internal sealed class HouseholdFilters(
    SnapshotHolder holder,
    HouseholdStore households,
    OverdueHouseholds overdueHouseholds,
    ProtocolCatalog protocols,
    TimeProvider clock
)
{
    private static readonly string[] Flags = ["true", "false"];

    private static readonly IReadOnlyDictionary<string, FactKind> OwedKinds = new Dictionary<string, FactKind>(StringComparer.Ordinal)
    {
        [FactReader.Name(FactKind.Temperature)] = FactKind.Temperature,
        [FactReader.Name(FactKind.Test)] = FactKind.Test,
    };

    /// <param name="withOwing">Whether what households owe is asked for in any case.</param>
    public async Task<(HouseholdFilter? Filter, ProblemHttpResult? Refused)> ReadAsync(
        HttpContext context,
        HouseholdConditions asked,
        bool withOwing,
        CancellationToken cancellation
    )
    {
        var (city, now, scope) = (holder.Current.City, clock.GetUtcNow(), context.Scope());
        if ((CheckWords(asked, city) ?? ScopeFilter.Check(scope, city, asked.Grid, asked.Building)) is { } fault)
            return Refuse(fault);
        if (ReadSpan("since", asked.SinceFrom, asked.SinceTo, out var since) is { } sinceFault)
            return Refuse(sinceFault);
        if (ReadSpan("until", asked.UntilFrom, asked.UntilTo, out var until) is { } untilFault)
            return Refuse(untilFault);
        if (ReadSpan("overdue", null, asked.OverdueTo, out var overdueSpan) is { } overdueFault)
            return Refuse(overdueFault);
        if (asked is { Overdue: "false", OverdueTo: not null })
            return Refuse(new Fault("value-wrong", "overdueTo", "nothing: with overdue=false there is nothing that was due"));
        if (ReadAge(asked.Age, now.Year, out var born) is { } ageFault)
            return Refuse(ageFault);
        if (born is not null && !MaySeeAges(context, scope, asked.Grid))
            return (
                null,
                Problems.From(
                    StatusCodes.Status403Forbidden,
                    new Fault("right-missing", "age", "the right to report or to see persons in all grids that are asked about")
                )
            );
        List<Among> buildings = [];
        if (asked.Misplaced is { } misplaced)
            buildings.Add(new Among([.. Misplaced.Of(city).Select(index => city.Buildings[index].Id)], misplaced == "true"));
        if (asked.Zone is { } zone)
        {
            if (await households.BuildingsInZoneAsync(zone, protocols.Plan, now, cancellation) is not { } within)
                return Refuse(new Fault("value-wrong", "zone", "the code of a zone in force"));
            buildings.Add(new Among(within, true));
        }
        var isAboutOwing = asked.Overdue is not null || asked.OverdueTo is not null;
        var owing = isAboutOwing || withOwing ? await OwingAsync(city, asked.Grid, asked.Building, cancellation) : [];
        return (
            new HouseholdFilter(scope)
            {
                GridPath = asked.Grid is null ? null : city.Grids[city.GridByCode[asked.Grid]].Path,
                Building = asked.Building is null ? null : city.Buildings[city.BuildingByCode[asked.Building]].Id,
                Statuses = asked.Status is null
                    ? null
                    : [.. asked.Status.Split(',').Select(name => StatusNames.Find(name)!.Value).Distinct()],
                Surveyed = Flag(asked.Surveyed),
                Let = Flag(asked.Let),
                Since = since,
                Until = until,
                Born = born,
                Households = isAboutOwing ? Owed(asked, overdueSpan, owing) : null,
                Buildings = buildings,
                Owing = owing,
            },
            null
        );

        static (HouseholdFilter?, ProblemHttpResult?) Refuse(Fault fault) => (null, Problems.BadRequest(fault));
    }

    private static bool? Flag(string? text) => text is null ? null : text == "true";

    private static Fault? CheckWords(HouseholdConditions asked, City city) =>
        asked.Grid is { } grid && !city.GridByCode.ContainsKey(grid) ? new Fault("value-wrong", "grid", "the code of a known grid")
        : asked.Building is { } building && !city.BuildingByCode.ContainsKey(building)
            ? new Fault("value-wrong", "building", "the code of a known building")
        : asked.Status is { } statuses && statuses.Split(',').Any(status => StatusNames.Find(status) is null)
            ? new Fault("value-wrong", "status", $"one or more of {string.Join(", ", StatusNames.All)}, with commas between")
        : Problems.UnlessOneOf("surveyed", asked.Surveyed, Flags)
            ?? Problems.UnlessOneOf("let", asked.Let, Flags)
            ?? Problems.UnlessOneOf("overdue", asked.Overdue, Flags.Concat(OwedKinds.Keys))
            ?? Problems.UnlessOneOf("misplaced", asked.Misplaced, Flags);

    private static Fault? ReadSpan(string name, string? from, string? to, out Span span)
    {
        span = default;
        DateTimeOffset? start = null;
        DateTimeOffset? end = null;
        if (from is not null)
        {
            if (!Instants.TryParse(from, out var instant))
                return Instants.Fault($"{name}From");
            start = instant;
        }
        if (to is not null)
        {
            if (!Instants.TryParse(to, out var instant))
                return Instants.Fault($"{name}To");
            end = instant;
        }
        span = new Span(start, end);
        return start >= end ? new Fault("value-wrong", $"{name}From", $"a time before {name}To") : null;
    }

    /// <summary>Ages are counted by the year of birth, which is all that is known.</summary>
    private static Fault? ReadAge(string? text, int year, out Born? born)
    {
        born = null;
        if (text is null)
            return null;
        var ends = text.Split('-');
        if (
            ends.Length == 2
            && int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var youngest)
            && (
                ends[1].Length == 0 ? 150
                : int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out var end) ? end
                : -1
            )
                is var oldest
            && youngest <= oldest
            && oldest <= 150
        )
        {
            born = new Born(year - oldest, year - youngest);
            return null;
        }
        return new Fault("value-wrong", "age", "years from and to, both among them, such as 7-17, or 80- without an end");
    }

    private static bool MaySeeAges(HttpContext context, Scope scope, string? grid) =>
        grid is not null ? context.MaySeeMembers(grid)
        : scope.IsWholeCity
            ? context.Caller() is { } caller
                && (caller.ScopeOf(Right.Report)?.IsWholeCity == true || caller.ScopeOf(Right.SeePersons)?.IsWholeCity == true)
        : scope.Grids.All(context.MaySeeMembers);

    private static Among Owed(HouseholdConditions asked, Span span, Owing[] owing)
    {
        var kind = asked.Overdue is { } what && OwedKinds.TryGetValue(what, out var owed) ? owed : (FactKind?)null;
        var ids = owing
            .Where(one => (kind is null || one.What == kind) && (span.To is null || one.Since < span.To))
            .Select(one => one.Household);
        return new Among([.. ids.Distinct()], asked.Overdue != "false");
    }

    /// <summary>What the households within the grid, or the building's grid, or all roots, owe.</summary>
    private async Task<Owing[]> OwingAsync(City city, string? grid, string? building, CancellationToken cancellation)
    {
        string[] grids =
            grid is not null ? [grid]
            : building is not null ? [city.Grids[city.Buildings[city.BuildingByCode[building]].Grid].Code]
            : [.. city.Grids.Where(root => root.Parent < 0).Select(root => root.Code)];
        var owing = new List<Owing>();
        foreach (var code in grids)
        {
            var found = await overdueHouseholds.NowAsync(code, cancellation);
            foreach (var (index, owed) in found.Owed)
                owing.AddRange(owed.Select(one => new Owing(found.City.Households[index].Id, one.What, one.Since)));
        }
        return [.. owing];
    }
}
