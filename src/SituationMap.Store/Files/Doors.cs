using System.Globalization;
using System.Text.RegularExpressions;
using SituationMap.Core.Texts;

namespace SituationMap.Store.Files;

/// <summary>A household's door: where the text leaves something out it is null.</summary>
/// <param name="Room">Its place on its floor, from 1 to 100.</param>
public readonly record struct Door(int? Unit, int? Floor, int Room);

/// <summary>Doors as people write them: 302, 302室, ３０２, 3楼2号, 2单元302.</summary>
public static partial class Doors
{
    public const string Expected =
        "the door's number on its floor, from 1 to 100, or a room such as 302, 302室 or 2单元302; "
        + "a floor below the ground, a letter or a building before it goes into a column of its own";

    private const int MaxFloor = 120;

    /// <param name="floor">What the file says of it elsewhere.</param>
    /// <returns>Null: it is none.</returns>
    public static Door? Read(string text, int? floor)
    {
        text = NormalForm.Typed(text).Replace(" ", "", StringComparison.Ordinal);
        // 3.01E+2 has all its digits
        if (Numbers.IsRounded(text) || text.Contains('.', StringComparison.Ordinal))
            text =
                Numbers.Read(text) is { } number && number == Math.Truncate(number)
                    ? number.ToString("0", CultureInfo.InvariantCulture)
                    : "";
        if (Form().Match(text) is not { Success: true } found)
            return null;
        var (unit, said, room) = (Number(found, "unit"), Number(found, "floor"), Number(found, "room")!.Value);
        if (room > 100)
        {
            // 302 is the second door on the third floor; where the file says another floor it is none
            var above = room / 100;
            if (above > MaxFloor || (said ?? floor ?? above) != above)
                return null;
            (said, room) = (above, room % 100);
        }
        return room is < 1 or > 100 || (said ?? floor ?? 1) != (floor ?? said ?? 1) ? null : new Door(unit, said ?? floor, room);
    }

    private static int? Number(Match found, string group) =>
        found.Groups[group] is { Success: true } text ? int.Parse(text.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    [GeneratedRegex(
        "^((?<unit>[0-9]{1,3})单元)?((?<floor>[0-9]{1,3})[楼层])?(?<room>[0-9]{1,5})(室|号|房|户|号房|房间)?$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Form();
}
