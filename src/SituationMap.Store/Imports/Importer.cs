using NetTopologySuite.Geometries;
using Npgsql;
using NpgsqlTypes;
using SituationMap.Core.Projections;
using SituationMap.Store.Files;
using SituationMap.Store.Persons;

namespace SituationMap.Store.Imports;

/// <summary>
/// Imports a file: reads it, checks where it lies, stages its rows in a table that ends with the transaction, compares them with the store,
/// and writes what differs; all or nothing. A dry run does the same up to the writing. The same file again changes nothing.
/// </summary>
public sealed class Importer(NpgsqlDataSource database, CoordinateSystems systems, ZoneImport zones, PersonVault vault)
{
    /// <param name="atEnd">Told what is imported, within the transaction that ends with it.</param>
    /// <exception cref="ImportRefusedException">The file cannot be imported at all.</exception>
    public async Task<ImportReport> RunAsync(
        ImportFolder folder,
        ImportOrder order,
        IProgress<ImportProgress> progress,
        CancellationToken cancellation,
        Func<NpgsqlConnection, ImportReport, Task>? atEnd = null
    )
    {
        progress.Report(new ImportProgress("reading", 0));
        var source = await ImportSource.OpenAsync(folder, order.Layer, FieldMapping.Known(order.As, order.Map), systems, cancellation);
        var mapping = FieldMapping.Make(order.As, source.Fields, source.Layers.Count > 0 && source.Layer is null ? [] : order.Map);
        var run = new ImportRun(order, source, mapping, SystemOf(order, source, mapping), folder.Name, zones.Dates);
        if (run.IsRefused)
            return run.Report("refused");

        await using var connection = await database.OpenConnectionAsync(cancellation);
        await using var transaction = await connection.BeginTransactionAsync(cancellation);
        var staging = new Staging(connection, order.As, cancellation);
        try
        {
            var covered = await CoveredArea.ReadAsync(connection, cancellation);
            var rows = await ExamineAsync(connection, run, covered, cancellation);
            if (run.IsRefused)
                return run.Report("refused");
            await staging.BeginAsync();
            await StageAsync(
                staging,
                run,
                rows,
                covered,
                order.As.Name == "persons" ? await vault.SealerAsync(connection, cancellation) : null,
                progress,
                cancellation
            );
            run.Findings.AddRange(run.Notes.Findings(zones.Dates.Zone));
            progress.Report(new ImportProgress("checking", 0.6));
            await staging.CompareAsync(run);
            if (run.Rejected > 0 && !order.SkipRejected)
                return run.Report("refused");
            if (order.DryRun)
                return run.Report("ready");
            progress.Report(new ImportProgress("writing", 0.7));
            if (order.As.Name == "zones")
            {
                await zones.PublishAsync(connection, run, await staging.ZonesThatDifferAsync(), cancellation);
            }
            else
            {
                await staging.WriteAsync();
                progress.Report(new ImportProgress("writing", 0.9));
                await staging.AnnounceAsync();
            }
            var report = run.Report("imported");
            if (atEnd is not null)
                await atEnd(connection, report);
            await transaction.CommitAsync(cancellation);
            progress.Report(new ImportProgress("writing", 1));
            return report;
        }
        catch (PostgresException failure)
            when (failure.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation)
        {
            // somebody wrote at the same time, or two rows change places
            throw new ImportRefusedException(
                "conflict",
                "file",
                "rows that do not take one another's place; try again, or import them one after the other"
            );
        }
    }

    /// <summary>The coordinate system of a file: as told, as it declares, as its first geometry says (<c>SRID=4549;…</c>), else
    /// degrees.</summary>
    /// <exception cref="ImportRefusedException">It is none that is read.</exception>
    private CoordinateSystem SystemOf(ImportOrder order, ImportSource source, FieldMapping mapping)
    {
        if (order.Crs is null && source.Crs is { System: { } described })
            return described;
        var declared = order.Crs
            ?? source.Crs?.Name
            ?? (
                order.As.Geometry == GeometryKind.None || source.Heading is null
                    ? null
                    : RowReader.Srid(
                        source
                            .Rows()
                            .Where(row => row.Fault is null)
                            .Select(row => mapping.Read("wkt", row))
                            .FirstOrDefault(wkt => wkt is not null)
                    )
            )
            ?? CoordinateSystems.Default;
        return systems.Find(declared)
            ?? (
                order.As.Geometry == GeometryKind.None && order.Crs is null
                    ? systems.Find(CoordinateSystems.Default)!
                    : throw new ImportRefusedException(
                        "crs-unknown",
                        "crs",
                        order.As.Geometry == GeometryKind.None ? "no coordinate system, or one that is known" : FileCrs.Expected(declared)
                    )
            );
    }

    /// <summary>Counts the rows and looks at where a sample of them lies.</summary>
    private async Task<int> ExamineAsync(NpgsqlConnection connection, ImportRun run, CoveredArea covered, CancellationToken cancellation)
    {
        var count = 0;
        var sample = new List<(string, Coordinate)>();
        // always the same rows of the same file
        var random = new Random(1);
        foreach (var row in run.Source.Rows())
        {
            cancellation.ThrowIfCancellationRequested();
            if (row.IsBlank)
                continue;
            count++;
            if (row.Fault is { Code: "quoting-wrong" } torn)
            {
                // nothing after it is where it seems to be
                run.Reject(new RejectedRow(row.Number, null, torn.Field, torn.Code, torn.Expected));
                run.Findings.Add(
                    new Finding(torn.Code, $"Row {row.Number}: expected {torn.Expected}.", Refuses: true, Details: $"{row.Number}")
                );
                return count;
            }
            var index = sample.Count < PositionCheck.SampleSize ? sample.Count : random.Next(count);
            if (
                row.Fault is not null
                || run.Order.As.Geometry == GeometryKind.None
                || index >= PositionCheck.SampleSize
                || run.Reader.ReadRaw(row).Raw is not { IsEmpty: false } raw
            )
                continue;
            var one = (run.Mapping.Read("code", row) ?? "", raw.EnvelopeInternal.Centre);
            if (index < sample.Count)
                sample[index] = one;
            else
                sample.Add(one);
        }
        if (count == 0)
            throw new ImportRefusedException("file-empty", "file", "at least one row");
        if (
            await new PositionCheck(connection, systems, covered, run.Source.Unit, cancellation).CheckAsync(
                run.Order.As,
                run.System,
                run.Order.SwapAxes,
                sample,
                run.Order.TrustCrs
            ) is
            { } finding
        )
            run.Findings.Add(finding);
        return count;
    }

    private async Task StageAsync(
        Staging staging,
        ImportRun run,
        int rows,
        CoveredArea covered,
        PersonSealer? sealer,
        IProgress<ImportProgress> progress,
        CancellationToken cancellation
    )
    {
        var codes = new Dictionary<string, int>(StringComparer.Ordinal);
        await using var importer = await staging.CopyAsync();
        foreach (var row in run.Source.Rows())
        {
            if (row.Number % 500 == 0)
                progress.Report(new ImportProgress("reading", 0.6 * row.Number / rows));
            if (row.IsBlank)
            {
                run.Notes.Add(RowNotes.Blank, row.Number);
                continue;
            }
            var (read, code, fault) = run.Reader.Read(row);
            if (read is not null && run.Order.As.Name == "zones")
                fault = zones.Fault(read);
            run.Rows++;
            if (fault is not null)
            {
                run.Reject(new RejectedRow(row.Number, code, fault.Field, fault.Code, fault.Expected));
                continue;
            }
            if (!codes.TryAdd(read!.Code, row.Number))
            {
                run.Reject(
                    new RejectedRow(row.Number, code, "code", "code-repeated", $"a code of its own; row {codes[read.Code]} has it already")
                );
                continue;
            }
            if (read.Mended is not null)
                run.Mend(new MendedRow(row.Number, read.Code, read.Mended));
            if (read.Shape?.EnvelopeInternal.Centre is { } middle && covered.IsFar((middle.X, middle.Y)))
                run.Notes.Add(RowNotes.Far, row.Number);
            if (run.Order.As.Name == "zones")
                run.Zones.Add(read);
            if (sealer is not null)
                PersonalFields.Seal(read.Fields, sealer);
            await importer.StartRowAsync(cancellation);
            await importer.WriteAsync(row.Number, cancellation);
            await importer.WriteAsync(read.Code, cancellation);
            await importer.WriteAsync(read.Fields.ToJsonString(), NpgsqlDbType.Jsonb, cancellation);
            if (read.Shape is null)
                await importer.WriteNullAsync(cancellation);
            else
                await importer.WriteAsync(read.Shape, cancellation);
        }
        await importer.CompleteAsync(cancellation);
    }
}
