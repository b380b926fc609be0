namespace SituationMap.Store.Files;

/// <summary>What happens to rows and cells that are taken and should be known: counted, with the first of them.</summary>
public sealed class RowNotes
{
    public const string Blank = "rows-blank";
    public const string Short = "rows-short";
    public const string LocalTime = "times-local";
    public const string Respelled = "codes-respelled";
    public const string Rounded = "numbers-rounded";

    public const string Failed = "cells-failed";
    public const string Far = "positions-far";

    private const int MaxListed = 5;

    private readonly SortedDictionary<string, (int Count, string First)> _notes = new(StringComparer.Ordinal);

    public void Add(string code, int row) => Add(code, FormattableString.Invariant($"{row}"));

    /// <param name="where">The row, or the cell and what is in it.</param>
    public void Add(string code, string where)
    {
        var (count, first) = _notes.GetValueOrDefault(code, (0, ""));
        _notes[code] = (count + 1, count < MaxListed ? $"{first}{(count == 0 ? "" : ", ")}{where}" : first);
    }

    /// <param name="zone">In which local times were read.</param>
    public IEnumerable<Finding> Findings(string zone) =>
        _notes.Select(note =>
        {
            var (code, (count, first)) = note;
            var (isMore, where) = (count > MaxListed, code == Failed ? first : $"row {first}");
            return new Finding(
                code,
                $"{Words(code, zone)}: {count} ({where}{(isMore ? ", …" : "")}).",
                Details: isMore ? $"{first}, … ({count})" : first
            );
        });

    private static string Words(string code, string zone) =>
        code switch
        {
            Blank => "Blank rows were skipped",
            Failed => "Cells in which a formula has failed were taken for blank",
            Far => "Positions lie far from all grids of the map, and were taken as they are",
            Short => "Rows end before the last column, and what is missing there was taken for blank",
            LocalTime => $"Times have no offset, and were read in the time zone {zone}, days from their beginning",
            Respelled => "Codes have full-width or invisible characters, or are whole numbers written with a fraction (1001.0), and "
                + "were read without",
            _ => "Identity numbers end in 000, as a spreadsheet leaves them that has rounded them: compare them with the cards",
        };
}
