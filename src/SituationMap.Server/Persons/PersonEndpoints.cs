using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using SituationMap.Core;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Access;
using SituationMap.Store.Database;
using SituationMap.Store.Persons;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Persons;

/// <param name="Code">Of the person; the rest is known or null.</param>
internal sealed record MemberResponse(string Code, int? Born, string? Sex, string? Name, string? Phone, string? Number);

/// <param name="Masked">Whether names, phones, numbers and reasons are masked.</param>
/// <param name="Reasons">Those that were given for decisions and retractions in the household, the oldest first; people write names
/// there.</param>
internal sealed record MembersResponse(
    string Household,
    bool Masked,
    IReadOnlyList<MemberResponse> Members,
    IReadOnlyList<GivenReason> Reasons
);

internal sealed record FoundPerson(string Code, string Household, string Grid, string? Name, string? Phone, string? Number);

/// <param name="More">Whether there are others.</param>
internal sealed record PersonsResponse(IReadOnlyList<FoundPerson> Persons, bool More);

internal sealed record StatedPurpose(string? Purpose, string? Note);

/// <summary>Exactly one of name, phone and number.</summary>
internal sealed record PersonSearch(string? Name, string? Phone, string? Number, string? Purpose, string? Note);

/// <param name="Code">Under which nobody knows the person.</param>
internal sealed record ErasedResponse(string Code);

/// <summary>What is known of persons. Nothing of it is ever in an address; each look is recorded with its purpose before it is
/// answered.</summary>
internal static class PersonEndpoints
{
    private const int MaxFound = 100;

    public static async Task AddPersonsAsync(this WebApplicationBuilder builder, PostgisStore store, CancellationToken cancellation)
    {
        builder.Services.AddSingleton(await PersonVault.OpenAsync(store, SituationMapOptions.Read(builder.Configuration), cancellation));
        builder.Services.AddSingleton<PersonStore>().AddSingleton<SubjectExport>().AddSingleton<PersonErasure>().AddSingleton<FactTexts>();
    }

    public static IEndpointRouteBuilder MapPersons(this IEndpointRouteBuilder routes)
    {
        var members = routes.MapGroup("/api/households/{code}/members").WithTags("Persons").RequiresRight(Right.SeePersons).UsesStore();
        members
            .MapGet("/", (string code, HttpContext context, PersonStore store, FactTexts texts, CancellationToken cancellation) =>
                MembersAsync(code, context, store, texts, purpose: null, cancellation)
            )
            .KeepsToScope(Subject.Household, Right.SeePersons)
            .WithSummary("The members of a household, names, phones, identity numbers and the reasons of decisions masked")
            .ProducesProblem(StatusCodes.Status404NotFound);
        members
            .MapPost("/", ShowAsync)
            .KeepsToScope(Subject.Household, Right.SeePersons)
            .RecordsItself()
            .WithSummary("The members of a household and the reasons of decisions about it, for a stated purpose")
            .WithDescription(
                $"purpose: one of {string.Join(", ", Purpose.Kinds)}; note: more about it, needed with other. Both are kept in "
                    + "the audit record."
            )
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);

        var persons = routes.MapGroup("/api/persons").WithTags("Persons").UsesStore().RecordsItself();
        persons
            .MapPost("/search", SearchAsync)
            .RequiresRight(Right.SeePersons)
            .WithSummary("Find a person by exactly his name, phone or identity number, for a stated purpose")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        persons
            .MapPut("/{code}", PutAsync)
            .RequiresRight(Right.Report)
            .WithSummary("Record a member's name, phone and identity number in the place of those known")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        persons
            .MapPost("/{code}/export", ExportAsync)
            .RequiresRight(Right.SeePersons)
            .WithSummary("Everything that is known of one person, for himself, and who has looked at it")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        persons
            .MapPost("/{code}/erase", EraseAsync)
            .RequiresRight(Right.Administer)
            .WithSummary("Erase one person; what was reported stays, of somebody whom nobody knows")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);
        return routes;
    }

    private static async Task<Results<Ok<MembersResponse>, ProblemHttpResult>> ShowAsync(
        string code,
        StatedPurpose body,
        HttpContext context,
        PersonStore store,
        FactTexts texts,
        CancellationToken cancellation
    )
    {
        var (purpose, fault) = Purpose.Read(body.Purpose, body.Note);
        return fault is null ? await MembersAsync(code, context, store, texts, purpose, cancellation) : Problems.BadRequest(fault);
    }

    private static async Task<Results<Ok<MembersResponse>, ProblemHttpResult>> MembersAsync(
        string code,
        HttpContext context,
        PersonStore store,
        FactTexts texts,
        Purpose? purpose,
        CancellationToken cancellation
    )
    {
        await RecordAsync(
            context,
            purpose is null ? "see masked persons" : "see persons",
            $"members of {code}",
            purpose,
            null,
            cancellation
        );
        var scope = context.Scope(Right.SeePersons);
        var rows = await store.MembersAsync(code, scope, cancellation);
        var reasons = await texts.ReadAsync(code, scope, masked: purpose is null, cancellation);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(
            new MembersResponse(
                code,
                purpose is null,
                [
                    .. rows.Select(row =>
                    {
                        var shown = purpose is null ? row.Details.Masked() : row.Details;
                        return new MemberResponse(row.Code, row.Born, row.Sex, shown.Name, shown.Phone, shown.Number);
                    }),
                ],
                reasons
            )
        );
    }

    private static async Task<Results<Ok<PersonsResponse>, ProblemHttpResult>> SearchAsync(
        PersonSearch body,
        HttpContext context,
        PersonStore store,
        CancellationToken cancellation
    )
    {
        var (purpose, fault) = Purpose.Read(body.Purpose, body.Note);
        if (fault is not null)
            return Problems.BadRequest(fault);
        var wanted = new PersonDetails(body.Name, body.Phone, body.Number);
        if (PersonDetails.Fields.Count(name => wanted.Of(name) is not null) != 1)
            return Problems.BadRequest(new Fault("field-missing", "name", "exactly one of name, phone and number"));
        if (wanted.Check() is { } wrong)
            return Problems.BadRequest(wrong);
        var field = PersonDetails.Fields.First(name => wanted.Of(name) is not null);
        var found = await store.SearchAsync(field, wanted.Of(field)!, context.Scope(Right.SeePersons), MaxFound + 1, cancellation);
        PersonRow[] listed = [.. found.Take(MaxFound)];
        await RecordAsync(
            context,
            "search persons",
            $"by {field}",
            purpose!,
            new JsonObject { ["persons"] = new JsonArray([.. listed.Select(row => (JsonNode)row.Code)]) },
            cancellation
        );
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(
            new PersonsResponse(
                [
                    .. listed.Select(row => new FoundPerson(
                        row.Code,
                        row.Household,
                        row.Grid,
                        row.Details.Name,
                        row.Details.Phone,
                        row.Details.Number
                    )),
                ],
                found.Length > MaxFound
            )
        );
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> PutAsync(
        string code,
        PersonDetails body,
        HttpContext context,
        PersonStore store,
        CancellationToken cancellation
    )
    {
        if (body.Check() is { } fault)
            return Problems.BadRequest(fault);
        var known = new JsonObject { ["fields"] = string.Join(", ", PersonDetails.Fields.Where(field => body.Of(field) is not null)) };
        return await store.PutAsync(
            code,
            body,
            context.Scope(Right.Report),
            RequestAudit.Of(context, "record person", code, details: known),
            cancellation
        )
            ? TypedResults.NoContent()
            : Unknown();
    }

    private static async Task<Results<Ok<SubjectResponse>, ProblemHttpResult>> ExportAsync(
        string code,
        StatedPurpose body,
        HttpContext context,
        PersonStore store,
        SubjectExport export,
        CancellationToken cancellation
    )
    {
        var (purpose, fault) = Purpose.Read(body.Purpose, body.Note);
        if (fault is not null)
            return Problems.BadRequest(fault);
        if (await store.FindAsync(code, context.Scope(Right.SeePersons), cancellation) is not { } person)
            return Unknown();
        await RecordAsync(context, "export person", person.Code, purpose!, null, cancellation);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await export.ReadAsync(person, cancellation));
    }

    private static async Task<Results<Ok<ErasedResponse>, ProblemHttpResult>> EraseAsync(
        string code,
        StatedPurpose body,
        HttpContext context,
        PersonErasure erasure,
        CancellationToken cancellation
    )
    {
        var (purpose, fault) = Purpose.Read(body.Purpose, body.Note);
        if (fault is not null)
            return Problems.BadRequest(fault);
        return
            await erasure.EraseAsync(
                code,
                (unknown, proof) => RequestAudit.Of(context, "erase person", unknown, purpose!.ToString(), proof),
                cancellation
            )
                is { } left
            ? TypedResults.Ok(new ErasedResponse(left))
            : Unknown();
    }

    /// <summary>Durable before anything is answered: a look without a row in the record does not happen.</summary>
    private static Task RecordAsync(
        HttpContext context,
        string action,
        string subject,
        Purpose? purpose,
        JsonObject? details,
        CancellationToken cancellation
    ) =>
        context
            .RequestServices.GetRequiredService<AuditStore>()
            .AppendAsync(RequestAudit.Of(context, action, subject, purpose?.ToString(), details), cancellation);

    private static ProblemHttpResult Unknown() => Problems.NotFound("code", "the code of a known person, such as P-00001");
}
