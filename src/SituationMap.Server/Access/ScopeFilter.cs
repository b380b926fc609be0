using SituationMap.Core;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Households;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Access;

/// <summary>What the <c>{code}</c> in an endpoint's path is a code of.</summary>
internal enum Subject
{
    Grid,
    Building,
    Household,
}

/// <summary>What lies outside the caller's scope does not exist for him: 404, as for a code that nothing has.</summary>
internal static class ScopeFilter
{
    /// <summary>Marks an endpoint about one grid, building or household, which it answers only within the caller's scope.</summary>
    /// <param name="right">The one that the endpoint needs.</param>
    public static RouteHandlerBuilder KeepsToScope(this RouteHandlerBuilder builder, Subject subject, Right right = Right.See) =>
        builder.AddEndpointFilter(
            async (invocation, next) =>
            {
                var context = invocation.HttpContext;
                return
                    context.Scope(right) is { IsWholeCity: false } scope
                    && !await IsWithinAsync(context, scope, subject, (string)context.GetRouteValue("code")!)
                    ? Problems.NotFound("code", $"the code of a known {subject.ToString().ToLowerInvariant()}")
                    : await next(invocation);
            }
        );

    /// <summary>The fault of a query whose parameters <c>grid</c> and <c>building</c> lie outside the scope; null where they do
    /// not.</summary>
    public static Fault? Check(Scope scope, City city, string? grid, string? building) =>
        grid is not null && !scope.Covers(city, grid) ? new Fault("value-wrong", "grid", "the code of a known grid")
        : building is not null && !CoversBuilding(scope, city, building)
            ? new Fault("value-wrong", "building", "the code of a known building")
        : null;

    private static async ValueTask<bool> IsWithinAsync(HttpContext context, Scope scope, Subject subject, string code)
    {
        var city = context.RequestServices.GetRequiredService<SnapshotHolder>().Current.City;
        if (subject == Subject.Grid)
            return scope.Covers(city, code);
        if (subject == Subject.Building)
            return CoversBuilding(scope, city, code);
        return await context.RequestServices.GetRequiredService<HouseholdStore>().IsWithinAsync(code, scope, context.RequestAborted);
    }

    private static bool CoversBuilding(Scope scope, City city, string code) =>
        scope.IsWholeCity || (city.BuildingByCode.TryGetValue(code, out var index) && scope.Covers(city, city.Buildings[index].Grid));
}
