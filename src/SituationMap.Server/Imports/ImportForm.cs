using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using SituationMap.Core;
using SituationMap.Server.Http;
using SituationMap.Store.Files;

namespace SituationMap.Server.Imports;

/// <summary>A form with a file, as it was sent: <c>multipart/form-data</c>, fields first.</summary>
internal sealed class ImportForm : IDisposable
{
    private const int MaxFields = 100;

    private readonly List<(string Name, string Value)> _fields = [];
    private ImportFolder? _folder = new();

    /// <summary>The file, in a folder that goes with the form.</summary>
    public ImportFolder Folder => _folder ?? throw new InvalidOperationException("The folder was taken over.");

    /// <summary>Reads a request's form; its bytes are bounded by the endpoint.</summary>
    public static async Task<(ImportForm? Form, ProblemHttpResult? Refused)> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (
            !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary).Value is not { Length: > 0 and <= 200 } boundary
        )
            return (
                null,
                Problems.From(
                    StatusCodes.Status415UnsupportedMediaType,
                    new Fault("media-type-unsupported", "Content-Type", "multipart/form-data")
                )
            );
        var form = new ImportForm();
        try
        {
            await form.ReadAsync(new MultipartReader(boundary, request.Body), cancellation);
            _ = form.Folder.Main; // told now rather than when its turn comes
            var read = form;
            form = null;
            return (read, null);
        }
        catch (ImportRefusedException failure)
        {
            return (null, Refused(failure));
        }
        catch (Exception failure)
            when (failure is InvalidDataException || (failure is IOException && failure is not BadHttpRequestException))
        {
            return (null, Problems.BadRequest(new Fault("request-malformed", "body", "multipart/form-data that is whole")));
        }
        finally
        {
            form?.Dispose();
        }
    }

    public static ProblemHttpResult Refused(ImportRefusedException failure) =>
        Problems.From(
            failure.Fault.Code is "file-too-large" or "zip-too-large"
                ? StatusCodes.Status413PayloadTooLarge
                : StatusCodes.Status400BadRequest,
            failure.Fault
        );

    /// <summary>A field's last value; null: it is not there, or empty.</summary>
    public string? Last(string name) => _fields.FindLast(field => field.Name == name).Value is { Length: > 0 } value ? value : null;

    public IEnumerable<string> All(string name) => _fields.Where(field => field.Name == name).Select(field => field.Value);

    public bool Is(string flag) => Last(flag) == "true";

    /// <summary>The fault of a flag that is neither <c>true</c> nor <c>false</c>.</summary>
    public Fault? FaultOf(params string[] flags) =>
        flags.Select(flag => Problems.UnlessOneOf(flag, Last(flag), ["true", "false"])).FirstOrDefault(fault => fault is not null);

    /// <summary>Gives the folder to somebody who keeps it longer than the form.</summary>
    public ImportFolder TakeFolder()
    {
        var folder = Folder;
        _folder = null;
        return folder;
    }

    public void Dispose() => _folder?.Dispose();

    private async Task ReadAsync(MultipartReader body, CancellationToken cancellation)
    {
        while (await body.ReadNextSectionAsync(cancellation) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                continue;
            if (disposition.IsFileDisposition())
            {
                await Folder.AddAsync(
                    HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).Value
                        ?? "",
                    section.Body,
                    cancellation
                );
                continue;
            }
            if (_fields.Count == MaxFields)
                throw new ImportRefusedException("request-malformed", "body", $"at most {MaxFields} fields");
            using var reader = new StreamReader(new LimitedStream(section.Body, 10_000));
            var (name, value) = (HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "", await reader.ReadToEndAsync(cancellation));
            // PostgreSQL does not store it
            if (value.Contains('\0', StringComparison.Ordinal))
                throw new ImportRefusedException("text-invalid", name, "text without U+0000");
            _fields.Add((name, value));
        }
    }

    /// <summary>Refuses a field that is longer than any has to be.</summary>
    private sealed class LimitedStream(Stream inner, int left) : Stream
    {
        private int _left = left;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            if ((_left -= read) < 0)
                throw new ImportRefusedException("request-malformed", "body", "shorter fields");
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
