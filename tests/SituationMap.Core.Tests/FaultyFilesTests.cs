using SituationMap.Core.Protocols;

namespace SituationMap.Core.Tests;

/// <summary>What is said of faulty files: each fault is named with its file, its location there and what was expected.</summary>
public sealed class FaultyFilesTests
{
    [Theory]
    [InlineData("\"id\": \"2020-02\"", "\"id\": \"2020-03\"", "2020-02.json/: the id of the file's name was expected, found '2020-03'")]
    [InlineData("\"dayCount\": \"calendar\"", "\"dayCount\": \"weeks\"", "2020-02.json/dayCount: one of calendar, elapsed was expected")]
    [InlineData("\"combine\": \"mostRestrictive\"", "\"combine\": \"first\"", "2020-02.json/combine: one of mostRestrictive was expected")]
    [InlineData(
        "\"zones\": {",
        "\"zones\": { \"secondPerson\": [\"raising\"],",
        "2020-02.json/zones/secondPerson/0: one of lowering, ending was expected"
    )]
    [InlineData("\"days\": 14", "\"days\": \"14\"", "2020-02.json/rules/0/phases/0/days: a whole number from 0 to 3650 was expected")]
    [InlineData("\"days\": 14", "\"days\": -1", "2020-02.json/rules/0/phases/0/days: a whole number from 0 to 3650 was expected")]
    [InlineData("\"days\": 14", "\"dayz\": 14", "2020-02.json/rules/0/phases/0/dayz: no such property was expected, only ")]
    [InlineData(
        "\"status\": \"quarantined\"",
        "\"status\": \"red\"",
        "2020-02.json/rules/0/phases/0/status: one of healthy, out, observed, quarantined was expected"
    )]
    [InlineData("\"fact\": \"returned\"", "\"fact\": \"arrived\"", "2020-02.json/rules/0/when/0/fact: one of survey, departed, returned, ")]
    [InlineData(
        "{ \"is\": \"high\" }",
        "{ \"equals\": \"high\" }",
        "2020-02.json/rules/0/when/0/where/risk/equals: no such comparison; one of is, in, not, notIn, over, under, atLeast, "
            + "atMost was expected"
    )]
    [InlineData("{ \"over\": 37.3 }", "{ \"over\": \"37.3\" }", "2020-02.json/rules/3/when/0/where/celsius/over: a number was expected")]
    [InlineData("\"id\": \"returned-other\"", "\"id\": \"returned-high\"", "2020-02.json/rules/1: another rule has the id 'returned-high'")]
    [InlineData(
        "\"source\": \"published\"",
        "\"source\": \"hearsay\"",
        "2020-02.json/rules/0/source: one of published, local was expected"
    )]
    [InlineData("{until}", "{untill}", "2020-02.json/rules/0/words/zh-CN: one of {at} {time} ")]
    [InlineData("{until}", "{until", "2020-02.json/rules/0/words/zh-CN: a closing brace after '{until")]
    [InlineData("\"12:00\", \"20:00\"", "\"20:00\", \"12:00\"", "2020-02.json/due/0: the times of dailyBefore must ascend")]
    [InlineData("\"12:00\"", "\"noon\"", "2020-02.json/due/0/dailyBefore/0: a time of day such as 20:00 was expected")]
    [InlineData(
        "\"effect\": \"none\"",
        "\"effect\": \"out\"",
        "2020-02.json/zones/levels/2/effect: one of none, observed, quarantined was expected"
    )]
    [InlineData("\"to\": \"low\"", "\"to\": \"lower\"", "2020-02.json/zones: level 'high' is lowered to 'lower', which is no lower level")]
    [InlineData(
        "\"zoneTest\": \"point\"",
        "\"zoneTest\": \"outline\"",
        "2020-02.json/zones/zoneTest: one of point, intersects was expected"
    )]
    [InlineData(
        "\"include\": \"every-edition.json\"",
        "\"include\": \"nothing.json\"",
        "2020-02.json/include: the file 'nothing.json' was expected"
    )]
    [InlineData("\"dayCount\"", "dayCount", "2020-02.json/: JSON was expected; line 6, byte ")]
    public void A_faulty_edition_is_refused(string right, string wrong, string error)
    {
        var text = Scenario.Files["2020-02.json"];
        var at = text.IndexOf(right, StringComparison.Ordinal);
        at.ShouldBeGreaterThanOrEqualTo(0);
        var files = new Dictionary<string, string>(Scenario.Files) { ["2020-02.json"] = text[..at] + wrong + text[(at + right.Length)..] };

        var reading = ProtocolReader.Read(files, "demo");

        reading.Plan.ShouldBeNull();
        reading.Errors.ShouldContain(found => found.StartsWith(error, StringComparison.Ordinal), string.Join('\n', reading.Errors));
        ProtocolReader.Check(files).ShouldContain(found => found.StartsWith(error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(
        "\"timeZone\": \"Asia/Shanghai\"",
        "\"timeZone\": \"Asia/Fengcheng\"",
        "plans/china.json/timeZone: the name of a time zone"
    )]
    [InlineData("\"edition\": \"9\"", "\"edition\": \"nine\"", "plans/china.json/editions/2/edition: the file nine.json was expected")]
    [InlineData(
        "2022-06-28",
        "2020-06-28",
        "plans/china.json/editions/2: editions come into force one after the other; a later time was expected"
    )]
    [InlineData(
        "2022-06-28",
        "midsummer",
        "plans/china.json/editions/2/from: a date (local midnight) or an instant with its offset was expected"
    )]
    [InlineData("\"shorter\"", "\"longer\"", "plans/china.json/carryOver: one of shorter, old was expected")]
    [InlineData("\"id\": \"china\"", "\"id\": \"chine\"", "plans/china.json/: the id of the file's name was expected, found 'chine'")]
    [InlineData(
        "\"editions\"",
        "\"overlays\": [{ \"grid\": \"1\", \"edition\": \"9\", \"set\": { \"rules/nothing/phases/0/days\": 3 } }], \"editions\"",
        "plans/china.json/overlays/0/set/rules/nothing/phases/0/days: the path of a single value in 9.json was expected"
    )]
    [InlineData(
        "\"editions\"",
        "\"overlays\": [{ \"grid\": \"1\", \"edition\": \"12\", \"set\": { \"dayCount\": \"elapsed\" } }], \"editions\"",
        "plans/china.json/overlays/0/set/dayCount: an edition of this plan was expected"
    )]
    [InlineData(
        "\"editions\"",
        "\"overlays\": [{ \"grid\": \"1\", \"edition\": \"9\", \"set\": { \"rules/contact-2/phases/0/days\": \"many\" } }], \"editions\"",
        "9.json/rules/1/phases/0/days: a whole number from 0 to 3650 was expected"
    )]
    public void A_faulty_plan_is_refused(string right, string wrong, string error)
    {
        var text = Scenario.Files["plans/china.json"];
        text.ShouldContain(right);
        var reading = ProtocolReader.Read(Scenario.With("china", text.Replace(right, wrong, StringComparison.Ordinal)), "china");
        reading.Plan.ShouldBeNull();
        reading.Errors.ShouldContain(found => found.StartsWith(error, StringComparison.Ordinal), string.Join('\n', reading.Errors));
    }

    [Fact]
    public void An_unknown_plan_names_those_there_are() =>
        ProtocolReader
            .Read(Scenario.Files, "mars")
            .Errors.ShouldBe(["plans/mars.json: a plan of that name was expected; there are china, demo"]);

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{\"id\":\"only\",\"name\":3,\"timeZone\":[],\"editions\":{},\"overlays\":7}")]
    [InlineData("{\"id\":\"only\",\"editions\":[1,{\"edition\":null,\"from\":null}]}")]
    public void Whatever_stands_in_a_plan_is_an_error_and_no_exception(string text) =>
        ProtocolReader.Read(Scenario.With("only", text), "only").Errors.ShouldNotBeEmpty();

    [Theory]
    [InlineData("[]")]
    [InlineData(
        "{\"rules\":[null,1,{\"when\":3,\"phases\":[[]],\"ends\":[{}],\"everyMember\":{}}],\"zones\":[],"
            + "\"due\":[{\"facts\":1}],\"statuses\":[]}"
    )]
    [InlineData("{\"rules\":[{\"id\":\"a\",\"when\":[],\"phases\":[]}],\"zones\":{\"levels\":[{}]}}")]
    public void Whatever_stands_in_an_edition_is_an_error_and_no_exception(string text) =>
        ProtocolReader.Read(new Dictionary<string, string>(Scenario.Files) { ["2020-02.json"] = text }, "demo").Errors.ShouldNotBeEmpty();
}
