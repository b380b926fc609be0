using System.Text.Json.Serialization;
using SituationMap.Core;
using SituationMap.Store.Files;

namespace SituationMap.Store.Imports;

/// <summary>What is to be imported and how.</summary>
/// <param name="As">The collection.</param>
/// <param name="Crs">The coordinate system; null: what the file declares, else CRS84.</param>
/// <param name="Layer">The layer, of a file with several.</param>
/// <param name="Map">Each <c>field=column</c> or <c>field:=text</c>, over what is guessed.</param>
/// <param name="DryRun">Only tell what would happen.</param>
/// <param name="SwapAxes">The file has northing or latitude first.</param>
/// <param name="TrustCrs">The declared system is right, though it looks like a shifted one.</param>
/// <param name="SkipRejected">Import the rows that are right though others are not; otherwise it is all or nothing.</param>
/// <param name="Author">Who imports.</param>
public sealed record ImportOrder(
    ImportCollection As,
    string? Crs,
    string? Layer,
    IReadOnlyList<string> Map,
    bool DryRun,
    bool SwapAxes,
    bool TrustCrs,
    bool SkipRejected,
    string Author
);

/// <summary>Why a row is not imported.</summary>
/// <param name="Row">Its place in the file, from 1, a heading not counted.</param>
/// <param name="Code">The code it has, where that could be read.</param>
public sealed record RejectedRow(int Row, string? Code, string Field, string Fault, string Expected);

/// <summary>A row whose geometry was mended.</summary>
public sealed record MendedRow(int Row, string Code, string What);

/// <summary>What an import found and did.</summary>
/// <param name="Outcome"><c>imported</c>, <c>ready</c> (a dry run that would succeed) or <c>refused</c> (the store is as it was).</param>
/// <param name="Layers">The file's layers where it has several.</param>
/// <param name="Layer">The one that was read.</param>
/// <param name="Columns">The file's columns.</param>
/// <param name="Unused">Columns from which nothing was taken.</param>
/// <param name="Unchanged">Rows that say what the store has already.</param>
/// <param name="Rejections">The first of the rejected rows.</param>
/// <param name="Mended">The first of the rows whose geometry was mended.</param>
/// <param name="Bounds">West, south, east, north of all that the file has (degrees, WGS 84); null where it has no place.</param>
/// <param name="Preview">Some of the rows as GeoJSON; not told with the report.</param>
public sealed record ImportReport(
    [property: Schema("ImportOutcome")] string Outcome,
    [property: Schema("ImportedCollection")] string As,
    string File,
    IReadOnlyList<string> Layers,
    string? Layer,
    string? Crs,
    IReadOnlyList<string> Columns,
    IReadOnlyList<MappedField> Mapping,
    IReadOnlyList<string> Unused,
    IReadOnlyList<Finding> Findings,
    int Rows,
    int Added,
    int Changed,
    int Unchanged,
    int Rejected,
    IReadOnlyList<RejectedRow> Rejections,
    IReadOnlyList<MendedRow> Mended,
    [property: Schema("Box")] double[]? Bounds,
    [property: JsonIgnore] byte[]? Preview
)
{
    /// <summary>As many rows as are told one by one; the counts are always of all.</summary>
    public const int MaxListed = 1_000;
}

/// <summary>How far an import is.</summary>
/// <param name="Step"><c>reading</c>, <c>checking</c> or <c>writing</c>.</param>
/// <param name="Share">Of the whole, from 0 to 1.</param>
public readonly record struct ImportProgress(string Step, double Share);
