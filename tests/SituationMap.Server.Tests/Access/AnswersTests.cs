using System.Text.Json.Nodes;
using Shouldly;
using static SituationMap.Server.Tests.Access.Decisions;

namespace SituationMap.Server.Tests.Access;

/// <summary>Who may answer an objection.</summary>
public sealed class AnswersTests(LockedServer locked) : IClassFixture<LockedServer>
{
    [Fact]
    public async Task Nobody_answers_an_objection_to_what_he_has_done_or_confirmed()
    {
        using var one = await locked.WithKeyAsync("answer-one", "authority");
        using var two = await locked.WithKeyAsync("answer-two", "authority");
        using var third = await locked.WithKeyAsync("answer-third", "authority");
        var proposed = Override("person:li", household: "H-01-0005");
        await OutcomeAsync(one, proposed);
        await OutcomeAsync(two, Override("person:wang", proposed, household: "H-01-0005"));
        var objection = Fact("objection", new JsonObject { ["about"] = (Guid)proposed["id"]!, ["note"] = "not so" });
        JsonObject Answer() => Fact("answered", new JsonObject { ["objection"] = (Guid)objection["id"]!, ["outcome"] = "granted" });

        // to what is not known yet there is no answer, or it could be to one's own act
        (await OutcomeAsync(third, Answer())).ShouldBe("objection-unknown");
        (await OutcomeAsync(third, objection)).ShouldBe("accepted");

        (await OutcomeAsync(one, Answer())).ShouldBe("own-act");
        (await OutcomeAsync(two, Answer())).ShouldBe("own-act");
        using var worker = await locked.WithKeyAsync("answer-worker", "reporter");
        (await OutcomeAsync(worker, Answer())).ShouldBe("right-missing");
        (await OutcomeAsync(third, Answer())).ShouldBe("accepted");

        static JsonObject Fact(string kind, JsonObject data)
        {
            var fact = DemoServer.Returned("H-01-0005");
            (fact["kind"], fact["data"]) = (kind, data);
            return fact;
        }
    }
}
