using Shouldly;
using SituationMap.Core.Persons;
using SituationMap.Store.Persons;

namespace SituationMap.Store.Tests.Persons;

[Fast]
public sealed class DetailsTests
{
    [Theory]
    [InlineData("张三", "13812341234", "11010519491231002X", "张*", "138****1234", "1****************X")]
    [InlineData("欧阳修", "+86 138 1234 1234", "E1234567", "欧**", "+86**********1234", "E******7")]
    [InlineData("Ann", "12345", "12345", "A**", "*****", "*****")]
    public void What_is_masked_tells_that_it_is_the_right_one_and_not_who(
        string name,
        string phone,
        string number,
        string maskedName,
        string maskedPhone,
        string maskedNumber
    )
    {
        var details = new PersonDetails(name, phone, number);

        details.Check().ShouldBeNull();
        details.Masked().ShouldBe(new PersonDetails(maskedName, maskedPhone, maskedNumber));
    }

    [Theory]
    [InlineData(PersonDetails.PhoneField, "+86 138-1234-1234", "13812341234")]
    [InlineData(PersonDetails.PhoneField, "００８６１３８１２３４１２３４", "13812341234")]
    [InlineData(PersonDetails.NumberField, "11010519491231002x", "11010519491231002X")]
    [InlineData(PersonDetails.NameField, " 阿不都 · 热合曼 ", "阿不都热合曼")]
    public void A_value_is_found_in_whatever_form_it_is_typed(string field, string typed, string plain) =>
        PersonDetails.Plain(field, typed).ShouldBe(plain);

    [Theory]
    [InlineData("call 13812341234", true)]
    [InlineData("138-1234-1234", true)]
    [InlineData("+86 138 1234 1234.", true)]
    [InlineData("身份证11010519491231002x", true)]
    [InlineData("110105194912310021", false)] // the check digit is wrong
    [InlineData("330100", false)]
    [InlineData("2020-02-05 09:00, 37.2", false)]
    [InlineData("grid:210682-004-03", false)]
    public void Numbers_of_persons_are_told_from_others(string text, bool areIn) => PersonalNumbers.AreIn(text).ShouldBe(areIn);

    [Theory]
    [InlineData(null, "12", null)]
    [InlineData(null, null, "110105194912310021")]
    [InlineData("  ", null, null)]
    public void What_is_none_is_refused_without_being_repeated(string? name, string? phone, string? number)
    {
        var fault = new PersonDetails(name, phone, number).Check().ShouldNotBeNull();

        fault.Expected.ShouldNotContain(phone ?? number ?? "?");
    }
}
