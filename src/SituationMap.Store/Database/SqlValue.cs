using NetTopologySuite.Geometries;
using Npgsql;
using NpgsqlTypes;
using SituationMap.Core;

namespace SituationMap.Store.Database;

/// <summary>The value of a parameter with its type, which PostgreSQL has to know of nothing as well: a null has the type that the code
/// gives it.</summary>
public readonly struct SqlValue
{
    private SqlValue(object? value, NpgsqlDbType type) => Parameter = new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    private SqlValue(NpgsqlParameter parameter) => Parameter = parameter;

    public NpgsqlParameter Parameter { get; }

    public static implicit operator SqlValue(string? text) => new(text, NpgsqlDbType.Text);

    public static implicit operator SqlValue(bool? value) => new(value, NpgsqlDbType.Boolean);

    public static implicit operator SqlValue(int? value) => new(value, NpgsqlDbType.Integer);

    public static implicit operator SqlValue(long? value) => new(value, NpgsqlDbType.Bigint);

    public static implicit operator SqlValue(double? value) => new(value, NpgsqlDbType.Double);

    public static implicit operator SqlValue(Guid? value) => new(value, NpgsqlDbType.Uuid);

    public static implicit operator SqlValue(DateTimeOffset? instant) => new(instant?.UtcDateTime, NpgsqlDbType.TimestampTz);

    /// <param name="instant">In UTC.</param>
    public static implicit operator SqlValue(DateTime? instant) => new(instant, NpgsqlDbType.TimestampTz);

    public static implicit operator SqlValue(DateOnly? day) => new(day, NpgsqlDbType.Date);

    public static implicit operator SqlValue(TimeSpan? span) => new(span, NpgsqlDbType.Interval);

    public static implicit operator SqlValue(Status? status) =>
        new(new NpgsqlParameter { Value = status ?? (object)DBNull.Value, DataTypeName = "situation.status" });

    public static implicit operator SqlValue(Geometry? shape) => new(shape, NpgsqlDbType.Geometry);

    public static implicit operator SqlValue(byte[]? bytes) => new(bytes, NpgsqlDbType.Bytea);

    public static implicit operator SqlValue(string?[]? texts) => new(texts, NpgsqlDbType.Array | NpgsqlDbType.Text);

    public static implicit operator SqlValue(int[]? values) => new(values, NpgsqlDbType.Array | NpgsqlDbType.Integer);

    public static implicit operator SqlValue(long[]? values) => new(values, NpgsqlDbType.Array | NpgsqlDbType.Bigint);

    public static implicit operator SqlValue(double[]? values) => new(values, NpgsqlDbType.Array | NpgsqlDbType.Double);

    public static implicit operator SqlValue(byte[]?[]? boxes) => new(boxes, NpgsqlDbType.Array | NpgsqlDbType.Bytea);

    /// <param name="values">Of any other type; never null.</param>
    public static implicit operator SqlValue(Array values) => new(new NpgsqlParameter { Value = values });

    /// <summary>Null: no condition.</summary>
    public static SqlValue Ids(Guid[]? ids) => new(ids, NpgsqlDbType.Array | NpgsqlDbType.Uuid);

    /// <summary>Paths of grids, for a parameter of the type <c>ltree[]</c>.</summary>
    public static SqlValue LTree(string[]? paths) => new(paths, NpgsqlDbType.Array | NpgsqlDbType.LTree);

    /// <summary>The path of a grid.</summary>
    public static SqlValue LTree(string path) => new(path, NpgsqlDbType.LTree);

    public static SqlValue Instants(IEnumerable<DateTimeOffset?> instants) =>
        new(instants.Select(instant => instant?.UtcDateTime).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.TimestampTz);

    public static SqlValue Json(string? text) => new(text, NpgsqlDbType.Jsonb);

    public static SqlValue Json(string?[] texts) => new(texts, NpgsqlDbType.Array | NpgsqlDbType.Jsonb);
}
