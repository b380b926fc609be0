using System.Globalization;

namespace SituationMap.Store.Files;

/// <summary>The unit of a drawing's coordinates.</summary>
/// <param name="Metres">How long it is.</param>
public sealed record DrawingUnit(string Name, double Metres)
{
    /// <summary>So many lines down the header's variables stand.</summary>
    private const int Deepest = 5_000;

    /// <summary>As the header of a DXF says it ($INSUNITS); null: metres, or nothing.</summary>
    public static DrawingUnit? Of(string path)
    {
        var lines = File.ReadLines(path).Take(Deepest).Select(line => line.Trim()).SkipWhile(line => line != "$INSUNITS").Take(3).ToList();
        return
            lines is not ["$INSUNITS", "70", var unit] || !int.TryParse(unit, NumberStyles.None, CultureInfo.InvariantCulture, out var code)
            ? null
            : code switch
            {
                1 => new("inches", 0.0254),
                2 => new("feet", 0.3048),
                4 => new("millimetres", 0.001),
                5 => new("centimetres", 0.01),
                7 => new("kilometres", 1000),
                10 => new("yards", 0.9144),
                14 => new("decimetres", 0.1),
                _ => null,
            };
    }
}
