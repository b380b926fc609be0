using System.Diagnostics;
using Shouldly;
using SituationMap.Store.Files;
using SituationMap.Store.Zones.Outlines;

namespace SituationMap.Server.Tests.Importing;

/// <summary>Fifteen hundred files with something changed in each, of every format, within a minute; `fuzzfiles` of the benchmarks tries
/// many more.</summary>
public sealed class FuzzedFilesTests(PostgisCluster cluster) : ImportingTests(cluster)
{
    private const int Files = 1_500;

    /// <summary>Those that GDAL reads, and tables, come in between as long as this lasts.</summary>
    private static readonly TimeSpan StoreAsked = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task Every_file_is_read_or_refused_with_a_sentence()
    {
        var fuzz = new FuzzedFiles(Path.GetDirectoryName(Store.PathOf("x"))!, seed: 5);
        await fuzz.MakeAsync();
        var outlines = new OutlineFile(Store.Database.DataSource, ImportStore.Systems);
        var before = await Store.ChecksumAsync();
        var (watch, faults, outcomes) = (Stopwatch.StartNew(), new List<string>(), new SortedDictionary<string, int>());
        for (var i = 0; i < Files; i++)
        {
            // the first of the quick ones asks the store, too
            var format =
                watch.Elapsed >= StoreAsked ? FuzzedFiles.Quick[1 + (i % (FuzzedFiles.Quick.Count - 1))]
                : i % 10 == 0 ? FuzzedFiles.Slow[i / 10 % FuzzedFiles.Slow.Count]
                : FuzzedFiles.Quick[i % FuzzedFiles.Quick.Count];
            var file = await fuzz.NextAsync(format);
            string? fault = null;
            var outcome = "read";
            try
            {
                if (format is ".wkt" or ".wkb" or ".pmtiles" or ".mbtiles")
                    fault = FuzzedFiles.Read(file);
                else if (i % 4 == 0)
                    await OutlinesAsync(outlines, file);
                else
                {
                    var report = await Store.ImportAsync("buildings", file, order =>
                        order with
                        {
                            DryRun = true,
                            SkipRejected = true,
                            Map = format == ".dxf" ? ["code:=D-{row}"] : [],
                        }
                    );
                    (outcome, fault) = (
                        report.Outcome,
                        report.Outcome == "ready" && report.Added + report.Changed + report.Unchanged + report.Rejected != report.Rows
                            ? "rows are lost without a word"
                            : null
                    );
                }
            }
            catch (ImportRefusedException refused)
            {
                (outcome, fault) = (refused.Fault.Code, refused.Fault.Expected.Length < 8 ? "no sentence" : null);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                fault = failure.ToString();
            }
            outcomes[$"{format} {outcome}"] = outcomes.GetValueOrDefault($"{format} {outcome}") + 1;
            if (fault is not null)
                faults.Add($"{i} {format}: {fault}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(", ", outcomes.Select(outcome => $"{outcome.Key} {outcome.Value}")));
        faults.ShouldBeEmpty(string.Join(Environment.NewLine, faults.Take(5)));
        FuzzedFiles
            .Slow.Concat(FuzzedFiles.Quick)
            .ShouldAllBe(format => outcomes.Keys.Any(outcome => outcome.StartsWith(format, StringComparison.Ordinal)));
        (await Store.ChecksumAsync()).ShouldBe(before);
    }

    private static async Task OutlinesAsync(OutlineFile outlines, string file)
    {
        using var folder = new ImportFolder();
        await folder.AddAsync(new FileInfo(file), CancellationToken.None);
        await outlines.ReadAsync(folder, new OutlineOrder(null, null, false, false), CancellationToken.None);
    }
}
