using Microsoft.Extensions.Configuration;
using Shouldly;
using SituationMap.Server.Commands;
using SituationMap.Store;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Tests.Commands;

[Fast]
public sealed class CommandLineTests
{
    [Fact]
    public void Settings_are_for_the_configuration_and_the_rest_for_the_verb()
    {
        // the plan's name is also that of a verb
        var arguments = Arguments.Split([
            "demo",
            "--reset",
            "--SituationMap:Plan",
            "demo",
            "--urls",
            "http://localhost:1",
            "--ConnectionStrings:SituationMap=Host=x;Port=1",
            "--now",
            "2020-02-20",
        ]);

        arguments.Verb.ShouldBe(["demo", "--reset", "--now", "2020-02-20"]);
        arguments.Configuration.ShouldBe([
            "--SituationMap:Plan",
            "demo",
            "--urls",
            "http://localhost:1",
            "--ConnectionStrings:SituationMap=Host=x;Port=1",
        ]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("serve")]
    [InlineData("--no-install")]
    [InlineData("--urls http://localhost:1")]
    [InlineData("serve --environment demo")]
    public async Task Serves_with_or_without_the_verb(string line)
    {
        var served = 0;

        var code = await CommandLine.RunAsync(Words(line), (invocation, _) =>
        {
            served++;
            invocation.MayInstall.ShouldBe(!line.Contains("--no-install", StringComparison.Ordinal));
            return Task.CompletedTask;
        });

        (code, served).ShouldBe((0, 1));
    }

    [Theory]
    [InlineData("sevre")]
    [InlineData("--no-instal")]
    [InlineData("serve --reset")]
    [InlineData("demo --play --reset")]
    [InlineData("demo --pace 0")]
    [InlineData("demo --now yesterday")]
    public async Task Refuses_what_it_does_not_know(string line)
    {
        var code = await CommandLine.RunAsync(Words(line), (_, _) => throw new InvalidOperationException("must not serve"));

        code.ShouldBe(1);
    }

    [Fact]
    public async Task Ends_with_1_where_something_must_be_mended() =>
        (await CommandLine.RunAsync([], (_, _) => throw new StartupException("mend it"))).ShouldBe(1);

    [Theory]
    [InlineData("Plann", "china", "SituationMap:Plann")]
    [InlineData("Demo", "perhaps", "Demo")]
    public void A_wrong_setting_is_named(string key, string value, string named)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new($"SituationMap:{key}", value)]).Build();

        Should.Throw<StartupException>(() => SituationMapOptions.Read(configuration)).Message.ShouldContain(named);
    }

    [Theory]
    [InlineData("http://0.0.0.0:8080", "http://localhost:8080/")]
    [InlineData("http://[::]:8080", "http://localhost:8080/")]
    [InlineData("http://+:8080", "http://localhost:8080/")]
    [InlineData("http://127.0.0.1:5000", "http://127.0.0.1:5000/")]
    [InlineData("https://map.example.org", "https://map.example.org:443/")]
    public void An_address_to_listen_on_is_told_as_one_to_open(string listened, string opened) =>
        Serving.AddressToOpen(listened).ShouldBe(opened);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
