using System.Globalization;
using NetTopologySuite.Geometries;
using SituationMap.Core.Projections;
using SituationMap.Geo.Shapes;

namespace SituationMap.Geo.Filters;

/// <summary>Reads a filter in CQL2's text form.</summary>
internal sealed class Cql2Text<TFeature>
{
    private static readonly string[] Shapes =
    [
        "POINT",
        "LINESTRING",
        "POLYGON",
        "MULTIPOINT",
        "MULTILINESTRING",
        "MULTIPOLYGON",
        "GEOMETRYCOLLECTION",
    ];

    private readonly string _text;
    private readonly Cql2Schema<TFeature> _schema;
    private readonly CoordinateSystem _crs;
    private int _at;
    private int _depth;

    private Cql2Text(string text, Cql2Schema<TFeature> schema, CoordinateSystem crs) => (_text, _schema, _crs) = (text, schema, crs);

    /// <param name="crs">In which its geometries are.</param>
    /// <exception cref="Cql2Exception">It is none; the message says what was expected.</exception>
    public static Cql2Expression<TFeature> Read(string text, Cql2Schema<TFeature> schema, CoordinateSystem crs)
    {
        var reader = new Cql2Text<TFeature>(text, schema, crs);
        var expression = reader.Any();
        reader.SkipSpace();
        return reader._at == text.Length ? expression : throw reader.Expected("and, or, or the end");
    }

    private Cql2Expression<TFeature> Any()
    {
        var one = All();
        while (Take("OR"))
            one = Cql2Operators<TFeature>.Or(one, All());
        return one;
    }

    private Cql2Expression<TFeature> All()
    {
        var one = One();
        while (Take("AND"))
            one = Cql2Operators<TFeature>.And(one, One());
        return one;
    }

    private Cql2Expression<TFeature> One()
    {
        if (++_depth > Cql2.MaxDepth)
            throw new Cql2Exception($"at most {Cql2.MaxDepth} levels");
        var one =
            Take("NOT") ? Cql2Operators<TFeature>.Not(One())
            : TakeSign("(") ? Within()
            : Predicate();
        _depth--;
        return one;
    }

    private Cql2Expression<TFeature> Within()
    {
        var one = Any();
        Need(")");
        return one;
    }

    private Cql2Expression<TFeature> Predicate()
    {
        foreach (var operation in Cql2.SpatialOperators)
        {
            if (!Take(operation))
                continue;
            Need("(");
            var first = Operand();
            Need(",");
            var second = Operand();
            Need(")");
            return Cql2Operators<TFeature>.Spatial(operation, first, second, _schema);
        }
        var left = Operand();
        if (Take("IS"))
        {
            var isNot = Take("NOT");
            if (!Take("NULL"))
                throw Expected("null");
            return isNot ? Cql2Operators<TFeature>.Not(Cql2Operators<TFeature>.IsNull(left)) : Cql2Operators<TFeature>.IsNull(left);
        }
        var negated = Take("NOT");
        Cql2Expression<TFeature>? one = null;
        if (Take("BETWEEN"))
        {
            var least = Operand();
            if (!Take("AND"))
                throw Expected("and");
            one = Cql2Operators<TFeature>.Between(left, least, Operand());
        }
        else if (Take("LIKE"))
            one = Cql2Operators<TFeature>.Like(left, Operand());
        else if (Take("IN"))
        {
            Need("(");
            var values = new List<Cql2Operand<TFeature>> { Operand() };
            while (TakeSign(","))
                values.Add(Operand());
            Need(")");
            one = Cql2Operators<TFeature>.In(left, values);
        }
        if (one is not null)
            return negated ? Cql2Operators<TFeature>.Not(one) : one;
        if (negated)
            throw Expected("between, like or in");
        foreach (var operation in (string[])["<>", "<=", ">=", "=", "<", ">"])
        {
            if (TakeSign(operation))
                return Cql2Operators<TFeature>.Compare(operation, left, Operand());
        }
        return left.Value is bool truth ? _ => truth : throw Expected("a comparison");
    }

    private Cql2Operand<TFeature> Operand()
    {
        SkipSpace();
        if (_at == _text.Length)
            throw Expected("a property or a value");
        var sign = _text[_at];
        if (sign == '\'')
            return new Cql2Operand<TFeature>(null, Quoted('\''));
        if (sign == '"')
            return Cql2Operators<TFeature>.PropertyOf(_schema, Quoted('"'));
        if (char.IsAsciiDigit(sign) || sign is '-' or '+' or '.')
            return new Cql2Operand<TFeature>(null, Number());
        if (Take("TRUE"))
            return new Cql2Operand<TFeature>(null, true);
        if (Take("FALSE"))
            return new Cql2Operand<TFeature>(null, false);
        if (Take("TIMESTAMP") || Take("DATE"))
        {
            Need("(");
            SkipSpace();
            var instant = _at < _text.Length && _text[_at] == '\'' ? Cql2.Instant(Quoted('\'')) : throw Expected("a time in quotes");
            Need(")");
            return new Cql2Operand<TFeature>(null, instant);
        }
        if (Take("BBOX"))
            return new Cql2Operand<TFeature>(null, Cql2.Box(Bracketed()[1..^1], _crs));
        var start = _at;
        foreach (var shape in Shapes)
        {
            if (Take(shape))
            {
                Bracketed();
                return new Cql2Operand<TFeature>(null, Shape(_text[start.._at]));
            }
        }
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.' or '-'))
            _at++;
        return start == _at ? throw Expected("a property or a value") : Cql2Operators<TFeature>.PropertyOf(_schema, _text[start.._at]);
    }

    private Geometry Shape(string wkt)
    {
        var (shape, expected) = WellKnownText.Read(wkt);
        return shape is null ? throw new Cql2Exception(expected!) : Cql2.ToLonLat(shape, _crs);
    }

    /// <summary>From a bracket to the one that closes it, both included.</summary>
    private string Bracketed()
    {
        SkipSpace();
        var (start, open) = (_at, 0);
        for (; _at < _text.Length; _at++)
        {
            open +=
                _text[_at] == '(' ? 1
                : _text[_at] == ')' ? -1
                : 0;
            if (open <= 0)
                break;
        }
        if (_at == _text.Length || _at == start)
            throw Expected("brackets around coordinates");
        return _text[start..++_at];
    }

    private string Quoted(char quote)
    {
        var text = new System.Text.StringBuilder();
        for (_at++; _at < _text.Length; _at++)
        {
            if (_text[_at] != quote)
                text.Append(_text[_at]);
            else if (_at + 1 < _text.Length && _text[_at + 1] == quote)
                text.Append(_text[++_at]);
            else
            {
                _at++;
                return text.ToString();
            }
        }
        throw Expected($"a closing {quote}");
    }

    private double Number()
    {
        var start = _at;
        while (
            _at < _text.Length
            && (
                char.IsAsciiDigit(_text[_at])
                || _text[_at] is '.' or 'e' or 'E'
                || (_text[_at] is '-' or '+' && (_at == start || _text[_at - 1] is 'e' or 'E'))
            )
        )
            _at++;
        return
            double.TryParse(_text[start.._at], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? number
            : throw Expected("a number");
    }

    /// <summary>Takes a word, in small or capital letters, if it stands here.</summary>
    private bool Take(string word)
    {
        SkipSpace();
        var end = _at + word.Length;
        if (string.Compare(_text, _at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) != 0 || end > _text.Length)
            return false;
        if (end < _text.Length && (char.IsLetterOrDigit(_text[end]) || _text[end] == '_'))
            return false;
        _at = end;
        return true;
    }

    private bool TakeSign(string sign)
    {
        SkipSpace();
        if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) != 0)
            return false;
        _at += sign.Length;
        return true;
    }

    private void Need(string sign)
    {
        if (!TakeSign(sign))
            throw Expected(sign);
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
    }

    private Cql2Exception Expected(string what) => new($"{what} at character {_at + 1}");
}
