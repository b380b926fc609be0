using SituationMap.Core.Protocols;

namespace SituationMap.Core.Tests;

/// <summary>The names of administrative divisions by their codes, in both languages.</summary>
public sealed class DivisionsTests
{
    internal static readonly Divisions Deployed = ReadDivisions();

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
    public void Divisions_by_code(string code, string zh, string en) =>
        (Deployed.NameOf(code, "zh-CN"), Deployed.NameOf(code, "en")).ShouldBe((zh, en));

    [Fact]
    public void Faulty_divisions_are_named()
    {
        Divisions.Read("{ \"3301\": { \"zh-CN\": \"杭州\" } }", out var errors);
        errors.ShouldBe([
            "divisions.json/3301: a code of two or six digits was expected",
            "divisions.json/3301/en: the words in English was expected",
        ]);
    }

    private static Divisions ReadDivisions()
    {
        var divisions = Divisions.Read(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "divisions", "divisions.json")),
            out var errors
        );
        errors.ShouldBeEmpty();
        return divisions;
    }
}
