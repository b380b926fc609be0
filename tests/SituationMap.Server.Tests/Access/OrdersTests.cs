using System.Text.Json.Nodes;
using Shouldly;
using SituationMap.Store.Access;
using static SituationMap.Server.Tests.Access.Decisions;

namespace SituationMap.Server.Tests.Access;

/// <summary>Whose order has effect at once, and whose is a proposal.</summary>
public sealed class OrdersTests(LockedServer locked) : IClassFixture<LockedServer>
{
    [Fact]
    public async Task An_order_without_the_right_is_a_proposal_that_a_second_person_confirms()
    {
        using var worker = await locked.WithKeyAsync("order-worker", "reporter");
        using var other = await locked.WithKeyAsync("order-other", "reporter");
        var order = Order("H-01-0002");

        (await OutcomeAsync(worker, order)).ShouldBe("accepted");
        (await OutcomeAsync(worker, order)).ShouldBe("duplicate");

        (await locked.IsDecidedAsync(order)).ShouldBeFalse();
        var pending = (await locked.StatusAsync(order)).GetProperty("pending")[0];
        pending.GetProperty("fact").GetGuid().ShouldBe((Guid)order["id"]!);
        pending.GetProperty("status").GetString().ShouldBe("quarantined");
        (await OutcomeAsync(worker, Order("H-01-0002", confirms: order))).ShouldBe("same-source");
        (await OutcomeAsync(other, Order("H-01-0002", confirms: order))).ShouldBe("accepted");
        (await locked.IsDecidedAsync(order)).ShouldBeTrue();
        (await locked.StatusAsync(order)).GetProperty("pending").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Saying_that_it_is_no_proposal_makes_it_none()
    {
        using var worker = await locked.WithKeyAsync("order-bold", "reporter");
        var order = Order("H-01-0003");
        order["data"]!["proposed"] = false;

        (await OutcomeAsync(worker, order)).ShouldBe("accepted");

        (await locked.IsDecidedAsync(order)).ShouldBeFalse();
    }

    [Fact]
    public async Task An_authority_s_order_has_effect_at_once_in_its_grids_and_names_what_it_rests_on()
    {
        using var authority = await locked.WithKeyAsync("order-authority", "authority", LockedServer.Inside);
        await locked.Accounts.GrantAsync(
            "order-authority",
            Role.Find("reporter")!,
            null,
            null,
            AuditEntry.OfConsole("grant", "order-authority"),
            default
        );
        await locked.ReloadAsync();
        var (inside, outside) = (Order(await HouseholdAsync(LockedServer.Inside)), Order(await HouseholdAsync(LockedServer.Outside)));
        foreach (var (field, words) in new[] { ("document", "2020-12"), ("authority", "CDC"), ("legal", "Art. 39") })
            inside["data"]![field] = words;

        (await OutcomeAsync(authority, inside)).ShouldBe("accepted");
        (await OutcomeAsync(authority, outside)).ShouldBe("accepted");

        (await locked.IsDecidedAsync(inside)).ShouldBeTrue();
        (await locked.IsDecidedAsync(outside)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_was_ordered_is_ended_and_taken_back_by_those_who_may_order_and_nobody_else()
    {
        using var worker = await locked.WithKeyAsync("ending-worker", "reporter");
        using var authority = await locked.WithKeyAsync("ending-authority", "authority");
        var (order, household) = (Order("H-01-0004"), "H-01-0004");
        (await OutcomeAsync(authority, order)).ShouldBe("accepted");
        var release = Fact("release", household, "order", order);
        var (retraction, confirmed) = (Fact("retraction", household, "fact", order), Order("H-01-0005"));

        (await OutcomeAsync(worker, release)).ShouldBe("right-missing");
        (await OutcomeAsync(worker, retraction)).ShouldBe("right-missing");
        (await locked.IsDecidedAsync(order)).ShouldBeTrue();

        // a proposal is anybody's to take back until it is confirmed
        (await OutcomeAsync(worker, confirmed)).ShouldBe("accepted");
        (await OutcomeAsync(authority, Order("H-01-0005", confirms: confirmed))).ShouldBe("accepted");
        (await OutcomeAsync(worker, Fact("retraction", "H-01-0005", "fact", confirmed))).ShouldBe("right-missing");
        var proposal = Order("H-01-0006");
        (await OutcomeAsync(worker, proposal)).ShouldBe("accepted");
        (await OutcomeAsync(worker, Fact("retraction", "H-01-0006", "fact", proposal))).ShouldBe("accepted");

        (await OutcomeAsync(authority, retraction)).ShouldBe("accepted");
        (await OutcomeAsync(worker, Fact("retraction", household, "fact", retraction))).ShouldBe("right-missing");
        (await OutcomeAsync(authority, Fact("retraction", household, "fact", retraction))).ShouldBe("accepted");
        (await OutcomeAsync(authority, release)).ShouldBe("accepted");
        (await OutcomeAsync(worker, Fact("retraction", household, "fact", release))).ShouldBe("right-missing");
        (await locked.IsDecidedAsync(order)).ShouldBeFalse();
    }

    private static JsonObject Fact(string kind, string household, string field, JsonObject names)
    {
        var fact = DemoServer.Returned(household);
        (fact["kind"], fact["at"], fact["data"]) = (kind, DateTimeOffset.UtcNow, new JsonObject { [field] = (Guid)names["id"]! });
        if (kind == "retraction")
            fact["data"]!["reason"] = "a mistake";
        return fact;
    }

    private Task<string> HouseholdAsync(string grid) =>
        locked.Database.ReadAsync<string>(
            "SELECT code FROM household WHERE replace(ltree2text(grid), '.', '-') = $1 ORDER BY id DESC LIMIT 1",
            grid
        );

    private static JsonObject Order(string household, JsonObject? confirms = null)
    {
        var fact = DemoServer.Returned(household);
        (fact["kind"], fact["data"]) = ("order", new JsonObject { ["measure"] = "quarantine", ["days"] = 7 });
        if (confirms is not null)
            fact["data"]!["confirms"] = (Guid)confirms["id"]!;
        return fact;
    }
}
