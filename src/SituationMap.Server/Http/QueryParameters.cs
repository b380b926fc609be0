using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.Primitives;
using SituationMap.Core;

namespace SituationMap.Server.Http;

/// <summary>
/// Refuses a query's parameter that the path does not take, by name (400, <c>parameter-unknown</c>): an answer that leaves it out would be
/// taken for one that heeds it. A path takes what its handler binds, as its description lists it, and what it declares to read by itself.
/// What is bound to a number and is none is refused by name as well (400, <c>value-wrong</c>), where the framework would name nothing.
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

    public static IApplicationBuilder CheckQueryParameters(this IApplicationBuilder app)
    {
        var descriptions = app.ApplicationServices.GetRequiredService<IApiDescriptionGroupCollectionProvider>();
        var taken = new ConcurrentDictionary<RouteEndpoint, Parameter[]?>();
        // most requests, above all those of tiles, have no query and pay nothing
        app.Use(
            (context, next) =>
                context.Request.QueryString.HasValue && Find(context) is { } fault
                    ? Problems.BadRequest(fault).ExecuteAsync(context)
                    : next(context)
        );
        return app;

        Fault? Find(HttpContext context) =>
            context.GetEndpoint() is RouteEndpoint endpoint && taken.GetOrAdd(endpoint, Of, descriptions) is { } parameters
                ? context
                    .Request.Query.Select(given => Check(given.Key, given.Value, parameters))
                    .FirstOrDefault(fault => fault is not null)
                : null;
    }

    private static Fault? Check(string name, StringValues given, Parameter[] parameters) =>
        parameters.FirstOrDefault(parameter => parameter.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } known
            ? known.Check(given)
            : Unknown(name, [.. parameters.Select(parameter => parameter.Name)]);

    private static Parameter[]? Of(RouteEndpoint endpoint, IApiDescriptionGroupCollectionProvider descriptions)
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
            .Select(parameter => new Parameter(parameter.Name, parameter.Type));
        return [.. bound.Concat((read?.Names ?? []).Select(name => new Parameter(name, typeof(string)))).DistinctBy(one => one.Name)];
    }

    private sealed record Read(string[]? Names);

    /// <param name="Type">What the handler binds it to.</param>
    private sealed record Parameter(string Name, Type Type)
    {
        public Fault? Check(StringValues given) =>
            Type.GetTypeCode(Nullable.GetUnderlyingType(Type) ?? Type) switch
            {
                TypeCode.Int32 when !int.TryParse(given, CultureInfo.InvariantCulture, out _) => Wrong("a whole number"),
                TypeCode.Int64 when !long.TryParse(given, CultureInfo.InvariantCulture, out _) => Wrong("a whole number"),
                TypeCode.Double when !double.TryParse(given, CultureInfo.InvariantCulture, out _) => Wrong("a number"),
                TypeCode.Boolean when !bool.TryParse(given, out _) => Wrong("true or false"),
                _ => null,
            };

        private Fault Wrong(string expected) => new("value-wrong", Name, expected);
    }
}
