using System.Text;
using System.Text.RegularExpressions;
using SituationMap.Geo.Filters;

namespace SituationMap.Geo.Tests.Filters;

public sealed class LikePatternTests
{
    [Theory]
    [InlineData("%路%", "江城路12号", true)]
    [InlineData("%路%", "江城街12号", false)]
    [InlineData("_路", "𠮷路", true)] // one character, though two units of UTF-16
    [InlineData("100\\%", "100%", true)]
    [InlineData("100\\%", "1000", false)]
    [InlineData("a\\_c", "abc", false)]
    [InlineData("", "", true)]
    [InlineData("%", "", true)]
    [InlineData("_", "", false)]
    [InlineData("a%b%c", "aXbXbXc", true)]
    [InlineData("a%b%c", "aXbXbXcX", false)]
    [InlineData("back\\", "back\\", true)]
    [InlineData("A%", "abc", false)]
    public void A_pattern_holds_of_a_text(string pattern, string text, bool holds) =>
        new LikePattern(pattern).Matches(text).ShouldBe(holds);

    [Fact]
    public void It_says_what_a_regular_expression_says()
    {
        var random = new Random(11);
        for (var round = 0; round < 20_000; round++)
        {
            var (pattern, text) = (Of("ab%_", random), Of("ab", random));
            var expression =
                @"\A" + pattern.Replace("%", ".*", StringComparison.Ordinal).Replace("_", ".", StringComparison.Ordinal) + @"\z";
            var expected = Regex.IsMatch(text, expression, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            new LikePattern(pattern).Matches(text).ShouldBe(expected, $"{text} LIKE {pattern}");
        }
    }

    [Fact]
    public void The_worst_pattern_over_the_worst_text_ends()
    {
        var pattern = new StringBuilder().Insert(0, "%a", 4_000).Append('b').ToString();
        new LikePattern(pattern).Matches(new string('a', 20_000)).ShouldBeFalse();
        new LikePattern(pattern).Matches(new string('a', 20_000) + "b").ShouldBeTrue();
    }

    private static string Of(string letters, Random random) =>
        new([.. Enumerable.Range(0, random.Next(8)).Select(_ => letters[random.Next(letters.Length)])]);
}
