using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Core.Duty;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Duty;
using SituationMap.Store.Protocols;
using SituationMap.Store.Snapshots;

namespace SituationMap.Server.Duty;

/// <summary>Posts and whether enough people are there, now and then.</summary>
internal static class PostEndpoints
{
    public static IEndpointRouteBuilder MapPosts(this IEndpointRouteBuilder routes)
    {
        var posts = routes.MapGroup("/api/posts").WithTags("Duty").UsesStore().ProducesProblem(StatusCodes.Status400BadRequest);
        posts
            .MapGet("", ([AsParameters] PostQuery query, HttpContext context, PostBook book, CancellationToken cancellation) =>
                ListAsync(query, context, book, isGap: false, cancellation)
            )
            .RequiresRight(Right.See)
            .WithSummary("Posts, whether enough people are there and why not, and the shifts of some time")
            .WithDescription(
                "from= and to= say of which shifts (without them twelve hours before and after). at= asks about the "
                    + "past, as it was told then; with known= as it is known by that instant. Who stands there is told to those "
                    + "who report, stand duty or plan it there."
            );
        posts
            .MapGet("/gaps", ([AsParameters] PostQuery query, HttpContext context, PostBook book, CancellationToken cancellation) =>
                ListAsync(query, context, book, isGap: true, cancellation)
            )
            .RequiresRight(Right.See)
            .WithSummary("The posts where too few people are");
        posts
            .MapGet("/{code}", OneAsync)
            .RequiresRight(Right.See)
            .WithSummary("One post, as the list has it")
            .ProducesProblem(StatusCodes.Status404NotFound);
        posts
            .MapPost("", PutAsync)
            .RequiresRight(Right.Dispatch)
            .RecordsItself()
            .WithSummary("Add a post, or change the name, kind and leader of one");
        return routes;
    }

    private static async Task<Results<Ok<PostsResponse>, ProblemHttpResult>> ListAsync(
        PostQuery query,
        HttpContext context,
        PostBook book,
        bool isGap,
        CancellationToken cancellation
    )
    {
        if (book.Read(query, context, out var time) is { } fault)
            return Problems.BadRequest(fault);
        var found = await book.FindAsync(time, null, context, cancellation);
        var gap = CoverState.Gap.Name();
        return TypedResults.Ok(new PostsResponse(time.At, [.. found.Where(post => !isGap || post.Cover.State == gap)]));
    }

    private static async Task<Results<Ok<PostResponse>, ProblemHttpResult>> OneAsync(
        string code,
        [AsParameters] PostQuery query,
        HttpContext context,
        PostBook book,
        CancellationToken cancellation
    )
    {
        if (book.Read(query, context, out var time) is { } fault)
            return Problems.BadRequest(fault);
        return await book.FindAsync(time, code, context, cancellation) is [var post]
            ? TypedResults.Ok(post)
            : Problems.NotFound("code", "the code of a known post");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> PutAsync(
        NewPost body,
        HttpContext context,
        SnapshotHolder holder,
        ProtocolCatalog protocols,
        DutyReader reader,
        DutyWriter writer,
        TimeProvider clock,
        CancellationToken cancellation
    )
    {
        var (scope, city) = (context.Scope(Right.Dispatch), holder.Current.City);
        var checkpoint = city.Checkpoints.FirstOrDefault(one => one.Code == body.Checkpoint);
        var kinds = protocols.Plan.WorkAt(clock.GetUtcNow()).Duty.Posts.Select(kind => kind.Id).ToArray();
        Fault? fault = Codes.Check("code", body.Code)
            ?? (body.Name is not { Length: >= 1 and <= 100 } ? new Fault("value-wrong", "name", "a name of 1 to 100 characters") : null)
            ?? (body.Kind is null ? new Fault("field-missing", "kind", $"one of {string.Join(", ", kinds)}") : null)
            ?? Problems.UnlessOneOf("kind", body.Kind, kinds)
            ?? (
                body.Checkpoint is not null && checkpoint is null
                    ? new Fault("value-wrong", "checkpoint", "the code of a known checkpoint")
                    : null
            )
            ?? (checkpoint is null ? Place(body, scope, city) : null);
        if (fault is null && body.Leader is not null)
        {
            var workers = await reader.WorkersAsync(Scope.WholeCity, null, cancellation);
            if (!workers.Any(worker => worker.Code == body.Leader))
                fault = new Fault("value-wrong", "leader", "the code of a known worker");
        }
        if (fault is not null)
            return Problems.BadRequest(fault);
        var post = new Post(
            0,
            body.Code!,
            body.Name!,
            body.Kind!,
            body.Grid ?? "",
            body.Checkpoint,
            body.Lon ?? 0,
            body.Lat ?? 0,
            body.Leader
        );
        var entry = RequestAudit.Of(context, "put post", body.Code!);
        return await writer.PutPostAsync(post, scope, entry, cancellation) is { } wrong
            ? Problems.BadRequest(wrong)
            : TypedResults.NoContent();
    }

    private static Fault? Place(NewPost body, Scope scope, City city) =>
        body.Grid is null || !city.GridByCode.ContainsKey(body.Grid) || !scope.Covers(body.Grid)
            ? new Fault("value-wrong", "grid", "the code of a known grid, or a checkpoint")
        : body.Lon is not (>= -180 and <= 180) ? new Fault("value-wrong", "lon", "a longitude in degrees")
        : body.Lat is not (>= -85 and <= 85) ? new Fault("value-wrong", "lat", "a latitude from -85 to 85 degrees")
        : null;
}
