using System.Text.RegularExpressions;
using Shouldly;

namespace SituationMap.Server.Tests.Http;

/// <summary>The rules for Prometheus in the documentation.</summary>
public sealed partial class AlertRulesTests(MetricsTests.MetricsServer metricsServer) : IClassFixture<MetricsTests.MetricsServer>
{
    [Fact]
    public async Task Name_only_metrics_that_are_served()
    {
        var rules = await File.ReadAllTextAsync(Path.Combine(Sources.Root, "src", "docs", "alerts.rules.yml"));
        string[] named =
        [
            .. Expression().Matches(rules).SelectMany(rule => Metric().Matches(rule.Value)).Select(metric => metric.Value).Distinct(),
        ];
        named.Length.ShouldBeGreaterThan(8);

        string[] served = [];
        // what is measured every few seconds is there after the first time
        await DemoServer.WaitAsync(
            async () =>
            {
                var metrics = await metricsServer.Server.Client.GetStringAsync(metricsServer.Server.At("metrics"));
                served = [.. Served().Matches(metrics).Select(metric => metric.Value).Distinct()];
                return served.Contains("situationmap_households_dirty");
            },
            seconds: 20
        );

        named.Except(served).ShouldBeEmpty();
    }

    [GeneratedRegex(@"(?<=^\s+expr: ).*$", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Expression();

    [GeneratedRegex(@"\b[a-z]+_[a-z_]+\b(?!\()", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Metric();

    [GeneratedRegex(@"^[a-z][a-z0-9_]+(?=[{ ])", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Served();
}
