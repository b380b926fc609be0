using SituationMap.Geo.Indexes;
using SituationMap.Geo.Shapes;

namespace SituationMap.Geo.Tests.Indexes;

public sealed class CellIndexTests
{
    [Fact]
    public void Boxes_around_the_world_are_found_wherever_one_asks()
    {
        var small = new Box(1 << 20, 1 << 20, (1 << 20) + 10, (1 << 20) + 10);
        var index = new CellIndex([small, new Box(0, 0, int.MaxValue, int.MaxValue), Box.None]);

        var (there, elsewhere) = (new List<int>(), new List<int>());
        index.Find(small, there);
        index.Find(new Box(5, 5, 6, 6), elsewhere);

        there.ShouldBe([0, 1]);
        elsewhere.ShouldBe([1]);
        var moved = index.With([1], _ => small);
        elsewhere.Clear();
        moved.Find(new Box(5, 5, 6, 6), elsewhere);
        elsewhere.ShouldBeEmpty();
    }
}
