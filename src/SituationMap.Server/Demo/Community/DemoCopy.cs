using NetTopologySuite.Geometries;
using Npgsql;
using NpgsqlTypes;
using SituationMap.Core;
using SituationMap.Core.Duty;
using SituationMap.Server.Demo.Town;
using SituationMap.Store.Database;

namespace SituationMap.Server.Demo.Community;

/// <summary>Writes the demo's rows by binary COPY, ids included, in the caller's transaction.</summary>
internal sealed class DemoCopy(NpgsqlConnection connection, CancellationToken cancellation)
{
    private const int Wgs84 = 4326;

    public async Task TownAsync(DemoTown town)
    {
        await CopyAsync("grid (path, id, level, name, outline)", town.Tree.All, (row, grid) =>
        {
            row.Write(grid.Path, NpgsqlDbType.LTree);
            row.Write(grid.Id);
            row.Write(grid.Level);
            row.Write(grid.Name);
            row.Write(Surface(grid.Outline));
        });
        await CopyAsync("building (grid, id, code, address, kind, floors, units, outline)", town.Buildings, (row, building) =>
        {
            row.Write(building.Grid.Path, NpgsqlDbType.LTree);
            row.Write(building.Id);
            row.Write(building.Code);
            row.Write(building.Address);
            row.Write(building.Kind);
            row.Write((short)building.Floors);
            row.Write((short)building.Units);
            row.Write(Surface(building.Outline));
        });
        await CopyAsync("checkpoint (grid, id, code, name, manned, location)", town.Checkpoints, (row, checkpoint) =>
        {
            row.Write(checkpoint.Grid.Path, NpgsqlDbType.LTree);
            row.Write(checkpoint.Id);
            row.Write(checkpoint.Code);
            row.Write(checkpoint.Name);
            row.Write(checkpoint.Manned);
            row.Write(OnGlobe(checkpoint.Location));
        });
        await CopyAsync("road (id, name, class, line)", town.Roads, (row, road) =>
        {
            row.Write(road.Id);
            row.Write(road.Name);
            row.Write(road.Class);
            row.Write(OnGlobe(new MultiLineString([road.Line])));
        });
    }

    public async Task PeopleAsync(IReadOnlyList<DemoHousehold> households)
    {
        await CopyAsync(
            "household (grid, id, code, building, floor, unit, room, doors, tenure, pass_issued_at)",
            households,
            (row, household) =>
            {
                row.Write(household.Building.Grid.Path, NpgsqlDbType.LTree);
                row.Write(household.Id);
                row.Write(household.Code);
                row.Write(household.Building.Id);
                row.Write((short)household.Floor);
                row.Write((short)household.Unit);
                row.Write((short)household.Room);
                row.Write((short)household.Doors);
                row.Write(household.Let ? "let" : "owned");
                Instant(row, household.PassIssuedAt);
            }
        );
        var persons = households.SelectMany(household => household.Members.Select(member => (Household: household, Person: member)));
        await CopyAsync("person (grid, id, code, household, born, sex)", persons, (row, member) =>
        {
            row.Write(member.Household.Building.Grid.Path, NpgsqlDbType.LTree);
            row.Write(member.Person.Id);
            row.Write(member.Person.Code);
            row.Write(member.Household.Id);
            row.Write((short)member.Person.Born);
            row.Write(member.Person.Female ? "female" : "male");
        });
    }

    public async Task ReportsAsync(DemoReports reports)
    {
        await CopyAsync("zone (id, code)", [(Id: DemoHistory.RiskZoneId, Code: "Z-1")], (row, zone) =>
        {
            row.Write(zone.Id);
            row.Write(zone.Code);
        });
        await CopyAsync(
            "zone_version (zone, version, name, level, outline, effective_from, author, reason, recorded_at)",
            reports.Zone,
            (row, version) =>
            {
                row.Write(DemoHistory.RiskZoneId);
                row.Write(version.Version);
                row.Write(version.Name);
                row.Write(version.Level);
                row.Write(Surface(version.Outline));
                Instant(row, version.From);
                row.Write(version.Author);
                row.Write(version.Reason);
                Instant(row, version.From);
            }
        );
        await CopyAsync("fact (id, grid, household, person, kind, at, received_at, source, data)", reports.Facts, (row, entry) =>
        {
            var fact = entry.Fact;
            row.Write(fact.Id);
            row.Write(entry.Household.Building.Grid.Path, NpgsqlDbType.LTree);
            row.Write(entry.Household.Id);
            row.Write(fact.Person);
            row.Write(fact.Kind);
            Instant(row, fact.At);
            Instant(row, fact.ReceivedAt);
            row.Write(fact.Source);
            row.Write(fact.Data.GetRawText(), NpgsqlDbType.Jsonb);
        });
    }

    public async Task HistoryAsync(DemoHistory history)
    {
        var before = new Dictionary<int, Status>();
        await CopyAsync(
            "feed (sequence, recorded_at, kind, grid, subject, was, status, surveyed, since, until, edition, version, direction, touched)",
            history.Feed,
            (row, change) =>
            {
                row.Write(change.Sequence);
                Instant(row, change.At);
                row.Write(
                    change.Passage is not null ? FeedKind.Passage
                    : change.Status is null ? FeedKind.Zone
                    : FeedKind.Status
                );
                row.Write((change.Household?.Building.Grid ?? change.Passage?.Checkpoint.Grid)?.Path, NpgsqlDbType.LTree);
                row.Write(change.Household?.Id ?? change.Passage?.Checkpoint.Id ?? DemoHistory.RiskZoneId);
                row.Write(change.Household is { } home ? before.GetValueOrDefault(home.Id, Status.Healthy) : (Status?)null);
                row.Write(change.Status?.Status);
                row.Write(change.Status?.Surveyed);
                Instant(row, change.Status?.Since);
                Instant(row, change.Status?.Until);
                row.Write(change.Status?.Edition);
                row.Write(change.Zone?.Version);
                row.Write(change.Passage?.Direction);
                row.Write(change.Touched is { } touched ? OnGlobe(touched) : null);
                if (change is { Household.Id: var id, Status.Status: var status })
                    before[id] = status;
            }
        );
        await CopyAsync(
            "household_status (grid, household, status, surveyed, since, until, edition, next_due, sequence)",
            history.Statuses,
            (row, entry) =>
            {
                row.Write(entry.Household.Building.Grid.Path, NpgsqlDbType.LTree);
                row.Write(entry.Household.Id);
                row.Write(entry.Status.Status);
                row.Write(entry.Status.Surveyed);
                Instant(row, entry.Status.Since);
                Instant(row, entry.Status.Until);
                row.Write(entry.Status.Edition);
                Instant(row, entry.Status.NextDue);
                row.Write(entry.Sequence);
            }
        );
        await CopyAsync(
            "last_passage (checkpoint, direction)",
            history.Feed.Select(change => change.Passage).OfType<DemoPassage>().GroupBy(passage => passage.Checkpoint.Id),
            (row, passages) =>
            {
                row.Write(passages.Key);
                row.Write(passages.Last().Direction);
            }
        );
        await CopyAsync("zone_in_force (zone, version)", history.Feed.Where(change => change.Zone is not null).TakeLast(1), (row, change) =>
        {
            row.Write(DemoHistory.RiskZoneId);
            row.Write(change.Zone!.Version);
        });
    }

    /// <summary>Of the manned posts the feed need not tell anything: they are as the checkpoints say.</summary>
    public async Task DutyAsync(DemoDuty duty)
    {
        await CopyAsync("worker (grid, id, code)", duty.All, (row, worker) =>
        {
            row.Write(worker.Grid.Path, NpgsqlDbType.LTree);
            row.Write(worker.Id);
            row.Write(worker.Code);
        });
        await CopyAsync("post (grid, id, code, name, kind, checkpoint, location, leader)", duty.Posts, (row, post) =>
        {
            row.Write(post.Checkpoint.Grid.Path, NpgsqlDbType.LTree);
            row.Write(post.Id);
            row.Write(post.Code);
            row.Write(post.Checkpoint.Name);
            row.Write(post.Kind);
            row.Write(post.Checkpoint.Id);
            row.Write(OnGlobe(post.Checkpoint.Location));
            row.Write(post.Leader?.Id);
        });
        await CopyAsync(
            "duty_step (id, post, shift, kind, at, received_at, worker, starts_at, ends_at, account)",
            duty.Steps,
            (row, entry) =>
            {
                var step = entry.Step;
                row.Write(step.Id);
                row.Write(entry.Post.Id);
                row.Write(step.Shift);
                row.Write(step.Kind.Name());
                Instant(row, step.At);
                Instant(row, step.ReceivedAt);
                row.Write(step.Worker is { } code ? duty.All.First(worker => worker.Code == code).Id : (int?)null);
                Instant(row, step.From);
                Instant(row, step.To);
                row.Write("demo");
            }
        );
        await CopyAsync("post_cover (post, cover, since, manned, next_due)", duty.Covers, (row, entry) =>
        {
            row.Write(entry.Post.Id);
            row.Write(entry.Cover.State.Name());
            Instant(row, entry.Cover.Since);
            row.Write(entry.Cover.IsManned);
            Instant(row, entry.Cover.Next ?? entry.Cover.Since);
        });
    }

    private static MultiPolygon Surface(Polygon outline) => OnGlobe(new MultiPolygon([outline]));

    private static T OnGlobe<T>(T geometry)
        where T : Geometry
    {
        geometry.SRID = Wgs84;
        return geometry;
    }

    private static void Instant(NpgsqlBinaryImporter row, DateTimeOffset? instant) =>
        row.Write(instant?.UtcDateTime, NpgsqlDbType.TimestampTz);

    private async Task CopyAsync<T>(string target, IEnumerable<T> rows, Action<NpgsqlBinaryImporter, T> write)
    {
        // target is one of the literals above
        await using var importer = await connection.BeginBinaryImportAsync($"COPY {target} FROM STDIN (FORMAT BINARY)", cancellation);
        foreach (var row in rows)
        {
            await importer.StartRowAsync(cancellation);
            write(importer, row);
        }
        await importer.CompleteAsync(cancellation);
    }
}
