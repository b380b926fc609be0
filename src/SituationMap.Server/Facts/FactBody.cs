using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;
using SituationMap.Core;

namespace SituationMap.Server.Facts;

/// <summary>One item of a request body: its JSON, or why it is none.</summary>
/// <param name="Status">Not null: the body cannot be read on from here, and this is the answer's HTTP status.</param>
internal readonly record struct FactBodyItem(int Index, JsonElement Json, Fault? Fault = null, int? Status = null)
{
    public static FactBodyItem Unreadable(int status, Fault fault) => new(0, default, fault, status);
}

/// <summary>Takes the body of a request apart into items: one object, an array of them, or one object a line (NDJSON).</summary>
internal static class FactBody
{
    /// <summary>The largest JSON document, and the largest NDJSON stream, in bytes.</summary>
    public const int MaxBytes = 32 << 20;

    /// <summary>As long may the whole of it take to come.</summary>
    public static readonly TimeSpan MayTake = TimeSpan.FromMinutes(5);

    private const int MaxLineBytes = 64 << 10;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public static IAsyncEnumerable<FactBodyItem> ReadAsync(HttpRequest request, TimeProvider clock, CancellationToken cancellation)
    {
        var body = new PatientBody(request.BodyReader, clock);
        var mediaType = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.MediaType.Value?.ToLowerInvariant() : null;
        return mediaType switch
        {
            "application/json" => ReadJsonAsync(body, cancellation),
            "application/x-ndjson" or "application/ndjson" or "application/jsonl" => ReadLinesAsync(body, cancellation),
            _ => new[]
            {
                FactBodyItem.Unreadable(
                    StatusCodes.Status415UnsupportedMediaType,
                    new Fault("media-type-unsupported", "Content-Type", "application/json or application/x-ndjson")
                ),
            }.ToAsyncEnumerable(),
        };
    }

    private static async IAsyncEnumerable<FactBodyItem> ReadJsonAsync(
        PatientBody body,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        ReadResult read;
        while (true)
        {
            (read, var broken) = await body.ReadAsync(cancellation);
            if ((read.Buffer.Length > MaxBytes ? TooLarge : broken) is { } unreadable)
            {
                yield return unreadable;
                yield break;
            }
            if (read.IsCompleted)
                break;
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        var (json, fault) = Parse(read.Buffer.ToArray());
        body.AdvanceTo(read.Buffer.End);
        if (fault is not null)
            yield return FactBodyItem.Unreadable(StatusCodes.Status400BadRequest, fault);
        else if (json.ValueKind != JsonValueKind.Array)
            yield return new FactBodyItem(0, json);
        else
        {
            var index = 0;
            foreach (var item in json.EnumerateArray())
                yield return new FactBodyItem(index++, item);
        }
    }

    private static async IAsyncEnumerable<FactBodyItem> ReadLinesAsync(
        PatientBody body,
        [EnumeratorCancellation] CancellationToken cancellation
    )
    {
        var (index, total) = (0, 0L);
        while (true)
        {
            var (read, broken) = await body.ReadAsync(cancellation);
            if (broken is { } unreadable)
            {
                yield return unreadable;
                yield break;
            }
            var buffer = read.Buffer;
            while (TryTakeLine(ref buffer, read.IsCompleted, out var line))
            {
                total += line.Length + 1;
                if (!IsBlank(line))
                {
                    var (json, fault) = line.Length > MaxLineBytes ? (default, LineTooLong) : Parse(line.ToArray());
                    yield return new FactBodyItem(index++, json, fault);
                }
            }
            if (total + buffer.Length > MaxBytes)
            {
                yield return TooLarge;
                yield break;
            }
            body.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                yield break;
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> buffer, bool last, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }
        line = buffer;
        if (!last || buffer.IsEmpty)
            return false;
        buffer = buffer.Slice(buffer.End);
        return true;
    }

    private static bool IsBlank(ReadOnlySequence<byte> line)
    {
        foreach (var segment in line)
        {
            if (segment.Span.ContainsAnyExcept(" \t\r"u8))
                return false;
        }
        return true;
    }

    private static (JsonElement Json, Fault? Fault) Parse(byte[] utf8)
    {
        if (!Utf8.IsValid(utf8))
            return (default, new Fault("encoding-invalid", "body", "UTF-8"));
        try
        {
            return (JsonElement.Parse(utf8, Strict), null);
        }
        catch (JsonException malformed)
        {
            var location = malformed.LineNumber is { } line ? $" (line {line + 1}, byte {malformed.BytePositionInLine + 1})" : "";
            return (
                default,
                new Fault("json-malformed", "body", "well-formed JSON without repeated names, at most 16 levels deep" + location)
            );
        }
    }

    private static FactBodyItem TooSlow =>
        FactBodyItem.Unreadable(
            StatusCodes.Status408RequestTimeout,
            new Fault("body-too-slow", "body", $"all of it within {MayTake.TotalMinutes:0} minutes; send it in several requests")
        );

    private static FactBodyItem TooLarge =>
        FactBodyItem.Unreadable(StatusCodes.Status413PayloadTooLarge, new Fault("body-too-large", "body", $"at most {MaxBytes >> 20} MiB"));

    private static Fault LineTooLong => new("line-too-long", "body", $"lines of at most {MaxLineBytes >> 10} KiB");

    /// <summary>Waits for a body as long as it may take, all its parts together; what is done meanwhile with the parts that came does not
    /// count.</summary>
    private sealed class PatientBody(PipeReader body, TimeProvider clock)
    {
        private TimeSpan _left = MayTake;

        public async ValueTask<(ReadResult Read, FactBodyItem? Broken)> ReadAsync(CancellationToken cancellation)
        {
            try
            {
                return (body.TryRead(out var ready) ? ready : await WaitAsync(cancellation), null);
            }
            catch (TimeoutException)
            {
                return (default, TooSlow);
            }
            catch (BadHttpRequestException broken)
            {
                return (
                    default,
                    broken.StatusCode == StatusCodes.Status413PayloadTooLarge
                        ? TooLarge
                        : FactBodyItem.Unreadable(
                            StatusCodes.Status400BadRequest,
                            new Fault("request-malformed", "body", "a complete body")
                        )
                );
            }
        }

        public void AdvanceTo(SequencePosition consumed) => body.AdvanceTo(consumed);

        public void AdvanceTo(SequencePosition consumed, SequencePosition examined) => body.AdvanceTo(consumed, examined);

        private async ValueTask<ReadResult> WaitAsync(CancellationToken cancellation)
        {
            using var limit = new CancellationTokenSource(_left > TimeSpan.Zero ? _left : TimeSpan.Zero, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
            var began = clock.GetTimestamp();
            try
            {
                return await body.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new TimeoutException();
            }
            finally
            {
                _left -= clock.GetElapsedTime(began);
            }
        }
    }
}
