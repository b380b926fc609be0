using Shouldly;
using SituationMap.Store.Access;
using SituationMap.Store.Persons;

namespace SituationMap.Store.Tests.Importing;

/// <summary>A file that says a part leaves the rest as it was, and one that says something else is never taken for the same.</summary>
public sealed class KeepingTests(PostgisCluster cluster) : ImportingTests(cluster)
{
    private const string Square = "\"POLYGON ((124.01 40.01, 124.0101 40.01, 124.0101 40.0101, 124.01 40.0101, 124.01 40.01))\"";

    [Fact]
    public async Task What_a_file_of_persons_does_not_have_stays_known()
    {
        await Store.AddHomesAsync();
        var persons = new PersonStore(Store.Database.DataSource, await TestSecrets.OpenVaultAsync(Store.Database));
        (await Store.ImportCaseAsync("persons", "09-partial-update/first.csv")).Outcome.ShouldBe("imported");

        (await Store.ImportCaseAsync("persons", "09-partial-update/second-phones.csv")).Changed.ShouldBe(1);
        await CheckAsync("李某", "13900000010", "110101199003070353", 1970);
        // blank cells
        (await Store.ImportTextAsync("persons", "code,household,born,sex,name,phone,number\nPU-2,H-01-0002,,,,,\n")).Unchanged.ShouldBe(1);
        (await Store.ImportTextAsync("persons", "code,household,name,number\nPU-2,H-01-0002,李四, \n")).Changed.ShouldBe(1);
        await CheckAsync("李四", "13900000010", "110101199003070353", 1970);
        // the explicit word, in full width too
        (await Store.ImportTextAsync("persons", "code,household,born,phone\nPU-2,H-01-0002,（clear）,(clear)\n")).Changed.ShouldBe(1);
        await CheckAsync("李四", null, "110101199003070353", null);
        (await ImportStore.OutcomeAsync(() => Store.ImportTextAsync("persons", "code,household\nPU-2,(clear)\n"))).ShouldBe(
            "refused 1:household:value-wrong"
        );
        (await persons.SearchAsync(PersonDetails.NameField, "李四", Scope.WholeCity, 10, default)).ShouldHaveSingleItem();

        async Task CheckAsync(string? name, string? phone, string? number, int? born)
        {
            var found = (await persons.FindAsync("PU-2", Scope.WholeCity, default))!;
            (found.Details, found.Born, found.Sex).ShouldBe((new PersonDetails(name, phone, number), born, "male"));
        }
    }

    [Fact]
    public async Task What_a_file_of_anything_else_does_not_have_stays_as_it_was()
    {
        await Store.ImportTextAsync("grids", $"code,name,level,wkt\n210682-004-01-01,甲,street,{Square}\n");
        await Store.ImportTextAsync("buildings", $"code,grid,address,kind,floors,units,wkt\nB-1,210682-004-02,x,tower,6,2,{Square}\n");
        await Store.ImportTextAsync(
            "households",
            "code,building,unit,floor,room,doors,tenure,passIssuedAt\nH-1,B-1,2,5,3,2,let,2020-02-05T09:00+08:00\n"
        );
        await Store.ImportTextAsync("checkpoints", "code,grid,name,manned,lon,lat\nC-1,210682-004-02,x,no,124.005,40.005\n");
        await Store.ImportTextAsync(
            "zones",
            $"code,name,level,from,to,reason,wkt\nZ-1,x,high,2020-02-05T09:00+08:00,2099-02-05T09:00+08:00,why,{Square}\n"
        );

        (await Store.ImportTextAsync("grids", $"code,name,level,wkt\n210682-004-01-01,甲,,{Square}\n")).Unchanged.ShouldBe(1);
        (await Store.ImportTextAsync("buildings", $"code,grid,kind,wkt\nB-1,,,{Square}\n")).Unchanged.ShouldBe(1);
        (await Store.ImportTextAsync("households", "code,building,room\nH-1,B-1,3\n")).Unchanged.ShouldBe(1);
        (await Store.ImportTextAsync("checkpoints", "code,name,lon,lat\nC-1,,124.005,40.005\n")).Unchanged.ShouldBe(1);
        (await Store.ImportTextAsync("zones", $"code,name,level,wkt\nZ-1,x,high,{Square}\n")).Unchanged.ShouldBe(1);
        (await Store.ImportTextAsync("zones", $"code,name,level,to,wkt\nZ-1,y,high,,{Square}\n")).Changed.ShouldBe(1);

        (
            await Store.Database.ReadRowAsync("SELECT effective_to, reason FROM zone_version WHERE version = 2", row =>
                (row.GetDateTime(0).Year, row.GetString(1))
            )
        ).ShouldBe((2099, "why"));
    }

    [Fact]
    public async Task The_same_zone_is_one_of_which_every_field_is_the_same()
    {
        (await Store.ImportCaseAsync("zones", "10-zone-again/zone1.csv")).Added.ShouldBe(1);
        (await Store.ImportCaseAsync("zones", "10-zone-again/zone1.csv")).Unchanged.ShouldBe(1);
        (await Store.ImportCaseAsync("zones", "10-zone-again/zone2.csv")).Changed.ShouldBe(1);
        (await EndAsync()).ShouldBe(new DateTime(2027, 5, 31, 16, 0, 0, DateTimeKind.Utc));

        const string outline =
            "\"POLYGON ((124.050000 40.450000, 124.052000 40.450000, 124.052000 40.452000, 124.050000 40.452000, 124.050000 40.450000))\"";
        async Task ChangesAsync(string fields, string values) =>
            (await Store.ImportTextAsync("zones", $"code,name,level,{fields},wkt\nZA-1,东片,high,{values},{outline}\n")).Changed.ShouldBe(
                1,
                fields
            );
        await ChangesAsync("reason", "新发病例");
        await ChangesAsync("from", "2027-02-01T00:00:00+08:00");
        await ChangesAsync("from,to", "2027-02-01T00:00:00+08:00,2027-07-01T00:00:00+08:00");
        await ChangesAsync("to", "(clear)");
        (await Store.Database.ReadAsync<DateTime?>("SELECT effective_to FROM zone_version ORDER BY version DESC LIMIT 1")).ShouldBeNull();
        (await Store.ImportTextAsync("zones", $"code,name,level,wkt\nZA-1,东片,high,{outline}\n")).Unchanged.ShouldBe(1);

        Task<DateTime> EndAsync() =>
            Store.Database.ReadAsync<DateTime>("SELECT effective_to FROM zone_version ORDER BY version DESC LIMIT 1");
    }

    [Fact]
    public async Task A_zone_that_is_over_takes_a_new_end()
    {
        await Store.ImportTextAsync(
            "zones",
            $"code,name,level,from,to,wkt\nZ-1,x,high,2020-02-05T09:00+08:00,2020-02-06T09:00+08:00,{Square}\n"
        );

        (await ImportStore.OutcomeAsync(() => Store.ImportTextAsync("zones", $"code,name,level,wkt\nZ-1,y,high,{Square}\n"))).ShouldBe(
            "refused 1:to:zone-ended"
        );
    }

    [Fact]
    public async Task A_name_is_found_however_it_is_typed()
    {
        await Store.AddHomesAsync();
        (await Store.ImportCaseAsync("persons", "15-unicode/names.csv")).Outcome.ShouldBe("imported");
        await Store.ImportTextAsync("persons", "code,household,name\nX-1,H-01-0001,ＡＬＩ\nX-2,H-01-0001,Weiß\n");
        var persons = new PersonStore(Store.Database.DataSource, await TestSecrets.OpenVaultAsync(Store.Database));
        (string Name, string Code)[] names =
        [
            ("古丽•艾力", "NM-1"),
            ("古丽·艾力", "NM-1"),
            ("古丽・艾力", "NM-1"),
            ("古丽．艾力", "NM-1"),
            ("古丽·买买提", "NM-2"),
            ("古丽‧买买提", "NM-2"),
            ("Nguyễn Văn A", "NM-3"),
            ("Nguye\u0302\u0303n Va\u0306n A", "NM-3"),
            ("NGUYỄN VĂN A", "NM-3"),
            ("王五", "NM-4"),
            ("王\u2060五\uFEFF", "NM-4"),
            ("㐱某", "NM-5"),
            ("呂某", "NM-6"),
            ("ali", "X-1"),
            ("WEISS", "X-2"),
        ];

        foreach (var (name, code) in names)
            (await persons.SearchAsync(PersonDetails.NameField, name, Scope.WholeCity, 10, default))
                .ShouldHaveSingleItem(name)
                .Code.ShouldBe(code, name);
        (await persons.SearchAsync(PersonDetails.NameField, "吕某", Scope.WholeCity, 10, default)).ShouldBeEmpty(
            "another character, though it is the same name"
        );
    }

    [Fact]
    public async Task Names_indexed_in_an_earlier_form_are_indexed_anew_at_the_start()
    {
        await Store.AddHomesAsync();
        await Store.ImportTextAsync(
            "persons",
            "code,household,name,phone\nP-1,H-01-0001,古丽•艾力,13800000001\nP-2,H-01-0001,,\nP-3,H-01-0001,王五,\n"
        );
        await Store.Database.ExecuteAsync(
            "UPDATE person_detail SET name_index = '\\x00' WHERE name IS NOT NULL; UPDATE person_key SET form = 0"
        );

        var persons = new PersonStore(Store.Database.DataSource, await TestSecrets.OpenVaultAsync(Store.Database));

        (await persons.SearchAsync(PersonDetails.NameField, "古丽·艾力", Scope.WholeCity, 10, default))
            .ShouldHaveSingleItem()
            .Details.Phone.ShouldBe("13800000001");
        (await persons.SearchAsync(PersonDetails.PhoneField, "13800000001", Scope.WholeCity, 10, default)).ShouldHaveSingleItem();
        (await persons.SearchAsync(PersonDetails.NameField, "王五", Scope.WholeCity, 10, default)).ShouldHaveSingleItem();
        (await Store.Database.ReadAsync<int>("SELECT form FROM person_key")).ShouldBe(PersonDetails.Form);
    }

    [Fact]
    public async Task One_identity_number_under_two_codes_is_told_by_the_codes()
    {
        const string one = "110101199003070353";
        const string other = "11010519491231002X";
        await Store.AddHomesAsync();

        var within = await Store.ImportTextAsync(
            "persons",
            $"code,household,number\nP-1,H-01-0001,{one}\nP-2,H-01-0002,{one}\nP-3,H-01-0002,{other}\n"
        );
        var again = await Store.ImportTextAsync("persons", $"code,household,number\nP-4,H-01-0001,{other.ToLowerInvariant()}\n");
        var moved = await Store.ImportTextAsync("persons", $"code,household,number\nP-1,H-01-0001,(clear)\nP-2,H-01-0001,{one}\n");

        within.Findings.ShouldHaveSingleItem().Words.ShouldContain("P-1, P-2.");
        again.Findings.ShouldHaveSingleItem().Words.ShouldContain("P-3, P-4.");
        moved.Findings.ShouldBeEmpty();
        (within, again).ToString().ShouldNotContain(one);
    }
}
