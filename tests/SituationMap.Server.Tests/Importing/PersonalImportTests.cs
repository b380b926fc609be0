using Shouldly;
using SituationMap.Store.Access;
using SituationMap.Store.Persons;

namespace SituationMap.Server.Tests.Importing;

public sealed class PersonalImportTests(PostgisCluster cluster)
{
    [Fact]
    public async Task Names_phones_and_numbers_come_in_sealed_and_the_same_file_changes_nothing()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var store = ImportStore.Over(database);
        var household = await database.ReadAsync<string>("SELECT code FROM household ORDER BY id LIMIT 1");
        string File(string phone) =>
            $"人员编码,户编号,姓名,手机号,身份证号\nP-I1,{household},张导入,{phone},11010519491231002X\nP-I2,{household},,,\n";

        var first = await store.ImportTextAsync("persons", File("138 0000 0001"));
        var again = await store.ImportTextAsync("persons", File("+86 13800000001"));
        var changed = await store.ImportTextAsync("persons", File("13800000002"));

        (first.Added, again.Unchanged, changed.Changed, changed.Unchanged).ShouldBe((2, 2, 1, 1));
        var persons = new PersonStore(database.DataSource, await TestSecrets.OpenVaultAsync(database));
        (await persons.FindAsync("P-I1", Scope.WholeCity, default))!.Details.ShouldBe(
            new PersonDetails("张导入", "13800000002", "11010519491231002X")
        );
        (await persons.FindAsync("P-I2", Scope.WholeCity, default))!.Details.AreNone.ShouldBeTrue();
        (await persons.SearchAsync(PersonDetails.PhoneField, "13800000001", Scope.WholeCity, 10, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_row_with_a_wrong_number_or_a_phone_for_a_code_is_told_without_repeating_it()
    {
        await using var database = await cluster.CreateDemoDatabaseAsync();
        await using var store = ImportStore.Over(database);
        var household = await database.ReadAsync<string>("SELECT code FROM household ORDER BY id LIMIT 1");

        var report = await store.ImportTextAsync(
            "persons",
            $"code,household,name,number\nP-I1,{household},甲,110105194912310021\n13800000001,{household},乙,\n"
        );

        report.Outcome.ShouldBe("refused");
        report.Rejections.Select(row => (row.Field, row.Code)).ShouldBe([("number", "P-I1"), ("code", null)]);
        System.Text.Json.JsonSerializer.Serialize(report).ShouldNotContain("13800000001");
    }
}
