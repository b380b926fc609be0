using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SituationMap.Core;
using SituationMap.Core.Projections;
using SituationMap.Server.Access;
using SituationMap.Server.Http;
using SituationMap.Store.Replay;

namespace SituationMap.Server.Lookups;

/// <summary>Answers what is at any number of points, row by row: neither what comes in nor what goes out is ever held whole.</summary>
internal static class LookupStream
{
    /// <summary>Answers are sent on when this much is written.</summary>
    private const int Portion = 64 << 10;

    /// <summary>Of a request beyond this the rest waits in a file.</summary>
    private const int HeldInMemory = 1 << 20;

    /// <param name="Any">Whether the rows stand at their first one: there are some.</param>
    private readonly record struct LookupPoints(IAsyncEnumerator<LookupRow> Rows, bool Any, CoordinateSystem System);

    private static readonly string[] Forms = ["application/json", "application/x-ndjson", "text/csv"];

    public static async Task PostAsync(
        HttpContext context,
        PastSnapshots past,
        Lookup lookup,
        CoordinateSystems systems,
        CancellationToken cancellation,
        string? crs = null,
        string? at = null
    )
    {
        var (request, response) = (context.Request, context.Response);
        var form = FormOf(MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.MediaType.Value : null);
        if (form is null)
        {
            await Problems
                .From(
                    StatusCodes.Status415UnsupportedMediaType,
                    new Fault("media-type-unsupported", "Content-Type", $"one of {string.Join(", ", Forms)}")
                )
                .ExecuteAsync(context);
            return;
        }
        if (systems.Find(crs ?? CoordinateSystems.Default) is not { } system)
        {
            await Problems.BadRequest(PositionReader.UnknownSystem("crs")).ExecuteAsync(context);
            return;
        }
        var asked = await past.AskAsync(at, cancellation);
        if (asked.Found is not { } snapshot)
        {
            await Problems.BadRequest(asked.Fault!).ExecuteAsync(context);
            return;
        }

        context.NeedsStoreNoMore();
        // Many clients read nothing before they have sent everything; so everything is taken first, or both would wait for ever.
        await using var body = new FileBufferingReadStream(request.Body, HeldInMemory);
        await body.DrainAsync(cancellation);
        body.Position = 0;
        var reader = new LookupRows(system.NameOfX, system.NameOfY);
        var rows = form switch
        {
            "text/csv" => reader.ReadCsvAsync(body, cancellation),
            "application/json" => reader.ReadJsonAsync(body, cancellation),
            _ => reader.ReadLinesAsync(body, cancellation),
        };
        await using var row = rows.GetAsyncEnumerator(cancellation);
        var any = await row.MoveNextAsync();
        if (any && row.Current is { IsEnd: true, Fault: { } fault })
        {
            await Problems.BadRequest(fault).ExecuteAsync(context);
            return;
        }
        var answer = FormAccepted(request) ?? form;
        response.ContentType = answer + "; charset=utf-8";
        response.Headers["Situation-Sequence"] = snapshot.SequenceText;
        response.Headers.CacheControl = "no-store";
        var points = new LookupPoints(row, any, system);
        var view = lookup.Over(snapshot, context.Scope());
        await (
            answer == "text/csv"
                ? WriteCsvAsync(response, view, points, cancellation)
                : WriteJsonAsync(response, view, points, isArray: answer == "application/json", cancellation)
        );
    }

    /// <summary>Where a point is, or what is wrong with it.</summary>
    private static (Position Position, Fault? Fault) Locate(LookupRow point, CoordinateSystem system) =>
        point.Fault is { } fault ? (default, fault) : PositionReader.Of(system, point.X, point.Y);

    private static async Task WriteJsonAsync(
        HttpResponse response,
        LookupView view,
        LookupPoints points,
        bool isArray,
        CancellationToken cancellation
    )
    {
        var (output, writer, found) = (response.BodyWriter, new LookupWriter(view, points.System), new Found());
        if (isArray)
            LookupWriter.Add(output, "["u8);
        for (var any = points.Any; any; any = await points.Rows.MoveNextAsync())
        {
            var point = points.Rows.Current;
            var (position, fault) = Locate(point, points.System);
            if (isArray && point.Index > 0)
                LookupWriter.Add(output, ","u8);
            if (fault is not null)
                writer.Write(output, point.Index, fault, point.Id.Span);
            else
            {
                view.At(position.Longitude, position.Latitude, found);
                writer.Write(output, point.X, point.Y, found, point.Id.Span);
            }
            if (!isArray)
                LookupWriter.Add(output, "\n"u8);
            if (output.UnflushedBytes > Portion)
                await output.FlushAsync(cancellation);
        }
        if (isArray)
            LookupWriter.Add(output, "]"u8);
        await output.FlushAsync(cancellation);
    }

    private static async Task WriteCsvAsync(HttpResponse response, LookupView view, LookupPoints points, CancellationToken cancellation)
    {
        await using var text = new StreamWriter(
            response.Body,
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            Portion,
            leaveOpen: true
        );
        await using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture), leaveOpen: true);
        foreach (
            var column in (string[])
                [
                    "id",
                    points.System.NameOfX,
                    points.System.NameOfY,
                    "crs",
                    "grid",
                    "gridName",
                    "building",
                    "address",
                    "zones",
                    "riskLevel",
                    "checkpoint",
                    "metres",
                    "sequence",
                    "error",
                ]
        )
            csv.WriteField(column);
        await csv.NextRecordAsync();
        var (city, found) = (view.Snapshot.City, new Found());
        for (var any = points.Any; any; any = await points.Rows.MoveNextAsync())
        {
            var point = points.Rows.Current;
            var (position, fault) = Locate(point, points.System);
            cancellation.ThrowIfCancellationRequested();
            csv.WriteField(Id(point.Id.Span));
            if (fault is not null)
            {
                for (var column = 1; column < 13; column++)
                    csv.WriteField("");
                csv.WriteField($"{fault.Code}: {fault.Field}: expected {fault.Expected}");
                await csv.NextRecordAsync();
                continue;
            }
            view.At(position.Longitude, position.Latitude, found);
            csv.WriteField(point.X);
            csv.WriteField(point.Y);
            csv.WriteField(points.System.Code);
            csv.WriteField(found.Grid < 0 ? "" : city.Grids[found.Grid].Code);
            csv.WriteField(found.Grid < 0 ? "" : city.Grids[found.Grid].Name);
            csv.WriteField(found.Building < 0 ? "" : city.Buildings[found.Building].Code);
            csv.WriteField(found.Building < 0 ? "" : city.Buildings[found.Building].Address);
            csv.WriteField(found.Zones.Count == 0 ? "" : string.Join(' ', found.Zones.Select(zone => view.Zones.Zones[zone].Code)));
            csv.WriteField(found.Zones.Count == 0 ? "" : view.Zones.Zones[found.Zones[0]].Level);
            csv.WriteField(found.Checkpoints.Count == 0 ? "" : city.Checkpoints[found.Checkpoints[0].Index].Code);
            csv.WriteField(found.Checkpoints.Count == 0 ? "" : found.Checkpoints[0].Metres.ToString("F2", CultureInfo.InvariantCulture));
            csv.WriteField(view.Snapshot.SequenceText);
            csv.WriteField("");
            await csv.NextRecordAsync();
        }
    }

    /// <summary>A text without its quotes, anything else as it is.</summary>
    private static string Id(ReadOnlySpan<byte> json) =>
        json.IsEmpty ? ""
        : json[0] == '"' ? System.Text.Json.JsonSerializer.Deserialize<string>(json)!
        : Encoding.UTF8.GetString(json);

    private static string? FormOf(string? mediaType) =>
        mediaType?.ToLowerInvariant() switch
        {
            "application/json" => Forms[0],
            "application/x-ndjson" or "application/ndjson" or "application/jsonl" => Forms[1],
            "text/csv" or "application/csv" => Forms[2],
            _ => null,
        };

    /// <summary>The first form that Accept names, the most wanted first; null: it names none.</summary>
    private static string? FormAccepted(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
            ? accepted
                .OrderByDescending(type => type.Quality ?? 1)
                .Select(type => FormOf(type.MediaType.Value))
                .FirstOrDefault(form => form is not null)
            : null;
}
