using System.Text.Json;
using Npgsql;
using SituationMap.Core;
using SituationMap.Core.Facts;
using SituationMap.Store.Database;
using SituationMap.Store.Facts;

namespace SituationMap.Store.Statuses.Recompute;

/// <summary>
/// What the statuses of one part are worked out from, by a household's index in the part (its id less the first id). Only households
/// with facts, in a zone or with a status have anything here; all others are as every household begins.
/// </summary>
/// <param name="Members">Of households with facts.</param>
/// <param name="Buildings">Of households in zones; 0 for the others.</param>
/// <param name="Grids">The codes of the grids, where grids have rules of their own; else null.</param>
/// <param name="Unreadable">Households of which something that is stored cannot be read.</param>
public sealed record PartInputs(
    Grouped<Fact> Facts,
    Grouped<int> Members,
    int[] Buildings,
    StoredStatus?[] Stored,
    string?[]? Grids,
    IReadOnlySet<int> Unreadable
);

/// <summary>Reads the inputs of parts, one after the other, with buffers that are used again. For one worker.</summary>
public sealed class PartReader
{
    private static readonly Dictionary<string, FactKind> Kinds = Enum.GetValues<FactKind>()
        .ToDictionary(kind => JsonNamingPolicy.CamelCase.ConvertName(kind.ToString()));
    private static readonly Dictionary<string, Status> StatusNames = Enum.GetValues<Status>()
        .ToDictionary(status => JsonNamingPolicy.CamelCase.ConvertName(status.ToString()));

    private readonly CopyOut _copy = new();
    private readonly Interned<JsonElement> _data = new(static json => JsonElement.Parse(json));
    private readonly Interned<string> _texts = new(static text => System.Text.Encoding.UTF8.GetString(text));
    private readonly Interned<Reporter?> _reporters = new(static text => Reporter.Parse(System.Text.Encoding.UTF8.GetString(text)));
    private readonly Interned<FactKind> _kinds = new(static name => Kinds[System.Text.Encoding.UTF8.GetString(name)]);
    private readonly Interned<Status> _statuses = new(static name => StatusNames[System.Text.Encoding.UTF8.GetString(name)]);

    /// <summary>Reads a part: the households with ids from first to last, both included.</summary>
    public async Task<PartInputs> ReadAsync(
        NpgsqlConnection connection,
        int first,
        int last,
        ZoneCover cover,
        bool withGrids,
        CancellationToken cancellation
    )
    {
        // COPY takes no parameters; what is put into the statements below are two whole numbers of ours, never text
        var count = last - first + 1;
        var unreadable = new HashSet<int>();
        var facts = Facts(
            count,
            first,
            unreadable,
            await _copy.FetchAsync(
                connection,
                $"SELECT household, {StoredFact.Columns} FROM fact WHERE household BETWEEN {first} AND {last}",
                cancellation
            )
        );
        var members = Members(
            count,
            first,
            await _copy.FetchAsync(
                connection,
                // both sides by their indexes alone
                $"""
                SELECT p.household, p.id FROM person p
                WHERE p.household BETWEEN {first} AND {last}
                  AND EXISTS (SELECT FROM fact f WHERE f.household = p.household AND f.household BETWEEN {first} AND {last})
                """,
                cancellation
            )
        );
        var stored = Stored(
            count,
            first,
            unreadable,
            await _copy.FetchAsync(
                connection,
                $"""
                SELECT household, status, surveyed, since, until, edition, next_due
                FROM household_status WHERE household BETWEEN {first} AND {last}
                """,
                cancellation
            )
        );
        var grids = withGrids
            ? Grids(
                count,
                first,
                await _copy.FetchAsync(
                    connection,
                    $"SELECT id, replace(ltree2text(grid), '.', '-') FROM household WHERE id BETWEEN {first} AND {last}",
                    cancellation
                )
            )
            : null;
        var buildings = await BuildingsAsync(connection, first, last, cover, cancellation);
        return new PartInputs(facts, members, buildings, stored, grids, unreadable);
    }

    private Grouped<Fact> Facts(int count, int first, HashSet<int> unreadable, ReadOnlyMemory<byte> copied)
    {
        var facts = new List<(int, Fact)>();
        var rows = new CopyRows(copied);
        while (rows.Next())
        {
            var household = rows.Int() - first;
            try
            {
                facts.Add(
                    (
                        household,
                        new Fact(
                            rows.Guid(),
                            _kinds.Of(rows.Bytes()),
                            rows.OptionalInt(),
                            rows.Instant(),
                            rows.Instant(),
                            _texts.Of(rows.Bytes()),
                            _data.Of(rows.Json()),
                            _reporters.Of(rows.Bytes())
                        )
                    )
                );
            }
            catch (Exception failure) when (Workable.IsItsOwn(failure, CancellationToken.None))
            {
                unreadable.Add(household);
            }
        }
        return new Grouped<Fact>(count, facts);
    }

    private static Grouped<int> Members(int count, int first, ReadOnlyMemory<byte> copied)
    {
        var members = new List<(int, int)>();
        var rows = new CopyRows(copied);
        while (rows.Next())
            members.Add((rows.Int() - first, rows.Int()));
        return new Grouped<int>(count, members);
    }

    private StoredStatus?[] Stored(int count, int first, HashSet<int> unreadable, ReadOnlyMemory<byte> copied)
    {
        var stored = new StoredStatus?[count];
        var rows = new CopyRows(copied);
        while (rows.Next())
        {
            var household = rows.Int() - first;
            try
            {
                stored[household] = new StoredStatus(
                    _statuses.Of(rows.Bytes()),
                    rows.Bool(),
                    rows.OptionalInstant(),
                    rows.OptionalInstant(),
                    _texts.Of(rows.Bytes()),
                    rows.OptionalInstant()
                );
            }
            catch (Exception failure) when (Workable.IsItsOwn(failure, CancellationToken.None))
            {
                unreadable.Add(household);
            }
        }
        return stored;
    }

    private string?[] Grids(int count, int first, ReadOnlyMemory<byte> copied)
    {
        var grids = new string?[count];
        var rows = new CopyRows(copied);
        while (rows.Next())
            grids[rows.Int() - first] = _texts.Of(rows.Bytes());
        return grids;
    }

    private static async Task<int[]> BuildingsAsync(
        NpgsqlConnection connection,
        int first,
        int last,
        ZoneCover cover,
        CancellationToken cancellation
    )
    {
        var buildings = new int[last - first + 1];
        await using var command = connection.Command(
            "SELECT array_agg(id), array_agg(building) FROM household WHERE id BETWEEN $1 AND $2 AND building = ANY ($3) "
                + "HAVING count(*) > 0",
            first,
            last,
            cover.Buildings
        );
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (await reader.ReadAsync(cancellation))
            foreach (var (household, building) in reader.GetFieldValue<int[]>(0).Zip(reader.GetFieldValue<int[]>(1)))
                buildings[household - first] = building;
        return buildings;
    }
}
