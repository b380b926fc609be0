namespace SituationMap.Server.Demo.Reports;

/// <summary>Where people of the demo go to and come back from: a division code and its name in English.</summary>
internal sealed record Destination(string Code, string Name)
{
    /// <summary>Places of low risk.</summary>
    public static readonly IReadOnlyList<Destination> Ordinary =
    [
        new("210100", "Shenyang"),
        new("210200", "Dalian"),
        new("110100", "Beijing"),
        new("120100", "Tianjin"),
        new("130200", "Tangshan"),
        new("220100", "Changchun"),
        new("230100", "Harbin"),
        new("370200", "Qingdao"),
        new("210600", "Dandong"),
        new("310100", "Shanghai"),
    ];

    /// <summary>Risk areas. Wuhan is left out: the case study's one returnee from there is the only one.</summary>
    public static readonly IReadOnlyList<Destination> RiskAreas = [new("420900", "Xiaogan"), new("421100", "Huanggang")];
}
