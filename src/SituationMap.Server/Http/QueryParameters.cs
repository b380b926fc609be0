using System.Collections.Concurrent;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using SituationMap.Core;

namespace SituationMap.Server.Http;

/// <summary>
/// Refuses a query's parameter that the path does not take, by name (400, <c>parameter-unknown</c>): an answer that leaves it out would be
/// taken for one that heeds it. A path takes what its handler binds, as its description lists it, and what it declares to read by itself.
/// </summary>
internal static class QueryParameters
{
    /// <summary>Names what handlers read from the query by themselves, beside what they bind.</summary>
    public static TBuilder TakesQuery<TBuilder>(this TBuilder builder, params string[] names)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Read(names));

    /// <summary>Marks that nothing is refused here: the names depend on more than the path's pattern, and the handler looks at them, or the
    /// query is not ours.</summary>
    public static TBuilder TakesAnyQuery<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new Read(Names: null));

    /// <summary>That a parameter is unknown.</summary>
    /// <param name="names">Those that are known.</param>
    public static Fault Unknown(string name, IReadOnlyCollection<string> names) =>
        new("parameter-unknown", name, names.Count == 0 ? "no parameters, for this path takes none" : $"one of {string.Join(", ", names)}");

    public static IApplicationBuilder RefuseUnknownParameters(this IApplicationBuilder app)
    {
        var descriptions = app.ApplicationServices.GetRequiredService<IApiDescriptionGroupCollectionProvider>();
        var taken = new ConcurrentDictionary<RouteEndpoint, string[]?>();
        // most requests, above all those of tiles, have no query and pay nothing
        app.Use(
            (context, next) =>
                context.Request.QueryString.HasValue && Find(context) is { } unknown
                    ? Problems.BadRequest(unknown).ExecuteAsync(context)
                    : next(context)
        );
        return app;

        Fault? Find(HttpContext context) =>
            context.GetEndpoint() is RouteEndpoint endpoint
            && taken.GetOrAdd(endpoint, Of, descriptions) is { } names
            && context.Request.Query.Keys.FirstOrDefault(name => !names.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } unknown
                ? Unknown(unknown, names)
                : null;
    }

    private static string[]? Of(RouteEndpoint endpoint, IApiDescriptionGroupCollectionProvider descriptions)
    {
        var read = endpoint.Metadata.GetMetadata<Read>();
        if (read is { Names: null })
            return null;
        var path = endpoint.RoutePattern.RawText?.TrimStart('/');
        var methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
        var bound = descriptions
            .ApiDescriptionGroups.Items.SelectMany(group => group.Items)
            .Where(one => one.RelativePath == path && one.HttpMethod is { } method && methods.Contains(method))
            .SelectMany(one => one.ParameterDescriptions)
            .Where(parameter => parameter.Source == BindingSource.Query)
            .Select(parameter => parameter.Name);
        return [.. bound.Concat(read?.Names ?? []).Distinct()];
    }

    private sealed record Read(string[]? Names);
}
