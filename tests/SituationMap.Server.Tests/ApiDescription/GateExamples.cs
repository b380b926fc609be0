using System.Net.Http.Json;

namespace SituationMap.Server.Tests.ApiDescription;

/// <summary>The examples of facts, passes, gates and crossings.</summary>
internal static class GateExamples
{
    /// <summary>What is asked for once a pass was given out.</summary>
    public static readonly string[] Later = ["getApiPasses", "getApiPassesPrint", "getApiPassesSerial", "getApiGatePack"];

    public static async Task RecordAsync(ExampleRecorder recorder, HttpClient office)
    {
        var guard = new { role = "guard", checkpoint = "C-1" };
        (await office.PostAsJsonAsync("api/access/accounts/zhang.min/grants", guard)).EnsureSuccessStatusCode();
        string[] steps =
        [
            "postApiFacts",
            "getApiAuditFactsId",
            "postApiPasses",
            .. Later,
            "postApiPassesSerialEnd",
            "postApiGateCheck",
            "postApiCrossings",
        ];
        foreach (var step in steps)
            await recorder.AskAsync(office, step);
    }
}
