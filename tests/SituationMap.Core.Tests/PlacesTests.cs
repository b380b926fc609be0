using SituationMap.Core.Protocols;

namespace SituationMap.Core.Tests;

/// <summary>Places by the codes of administrative divisions, in both languages.</summary>
public sealed class PlacesTests
{
    internal static readonly Places Deployed = ReadPlaces();

    [Theory]
    [InlineData("330100", "杭州", "Hangzhou")]
    [InlineData("330106", "杭州", "Hangzhou")]
    [InlineData("33", "浙江", "Zhejiang")]
    [InlineData("441900", "广东", "Guangdong")]
    [InlineData("110105", "北京", "Beijing")]
    [InlineData("210682", "凤城", "Fengcheng")]
    [InlineData("990000", "990000", "990000")]
    [InlineData("舅舅家", "舅舅家", "舅舅家")]
    [InlineData("12345", "12345", "12345")]
    public void Places_by_code(string code, string zh, string en) =>
        (Deployed.NameOf(code, "zh-CN"), Deployed.NameOf(code, "en")).ShouldBe((zh, en));

    [Fact]
    public void Faulty_places_are_named()
    {
        Places.Read("{ \"3301\": { \"zh-CN\": \"杭州\" } }", out var errors);
        errors.ShouldBe([
            "places.json/3301: a code of two or six digits was expected",
            "places.json/3301/en: the words in English was expected",
        ]);
    }

    private static Places ReadPlaces()
    {
        var places = Places.Read(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "places", "places.json")), out var errors);
        errors.ShouldBeEmpty();
        return places;
    }
}
