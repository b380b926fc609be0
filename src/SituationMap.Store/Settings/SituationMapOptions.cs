using System.ComponentModel.DataAnnotations;

namespace SituationMap.Store.Settings;

/// <summary>
/// The deployment's settings, section <c>SituationMap</c> of the configuration (files, environment as <c>SituationMap__Plan</c>,
/// command line as <c>--SituationMap:Plan=china</c>). Read once, at start, where unknown keys are refused.
/// </summary>
public sealed class SituationMapOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "SituationMap";

    /// <summary>Where the server keeps its embedded PostGIS; null: <c>.situationmap</c> below the current folder.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The plan that says which protocol edition is in force when: a file's name in <c>data/protocols/plans</c>.</summary>
    [Required]
    public string Plan { get; init; } = "demo";

    /// <summary>The folder of the protocol editions and plans; null: <c>data/protocols</c> beside the program.</summary>
    public string? Protocols { get; init; }

    /// <summary>The time zone in which days are counted and times are shown; null: the plan's own.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The base map, a PMTiles or MBTiles file; null: the one in <c>tiles/basemap</c>, if there is one.</summary>
    public string? Basemap { get; init; }

    /// <summary>How much memory made tiles may take, in MB; 0: none is kept.</summary>
    [Range(0, 1 << 20)]
    public int TileCache { get; init; } = 256;

    /// <summary>Whether an empty store is filled with the demo community.</summary>
    public bool Demo { get; init; } = true;

    /// <summary>
    /// Whether whoever proves by <c>local.token</c> in the data folder that the server is his may do everything without signing in; null:
    /// with the embedded store and on loopback only. True, the server refuses to start on any other address than loopback.
    /// </summary>
    public bool? LocalMode { get; init; }

    /// <summary>The file of the deployment's key; null: <c>deployment.key</c> in the data folder. Made where there is none with the
    /// embedded store only.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The file of the keys of what is known of persons; null: <c>persons.keys</c> beside the deployment's key.</summary>
    public string? PersonKeys { get; init; }

    /// <summary>A second folder in which the end of the audit record is kept, such as one that is mounted from another machine; null: only
    /// beside the deployment's key.</summary>
    public string? AuditFolder { get; init; }

    /// <summary>The backups that servers make by themselves.</summary>
    public BackupOptions Backups { get; init; } = new();

    /// <summary>How long what is known of persons is kept.</summary>
    public RetentionOptions Retention { get; init; } = new();

    /// <summary>The OpenID Connect authority whose tokens are taken, such as <c>https://login.example/realms/city</c>; null:
    /// none.</summary>
    public string? Authority { get; init; }

    /// <summary>What the authority's tokens must be meant for.</summary>
    public string Audience { get; init; } = "situationmap";

    /// <summary>
    /// Proxies in front of the server, by address or network such as 172.16.0.0/12: where a request comes from is what they say
    /// (<c>X-Forwarded-For</c>), in the limits and in the audit record, and under which address it was made (<c>X-Forwarded-Proto</c>,
    /// <c>-Host</c>, <c>-Prefix</c>). Nobody else's word is taken.
    /// </summary>
    public IReadOnlyList<string> Proxies { get; init; } = [];

    /// <summary>
    /// Under which address clients know the server, such as <c>https://maps.example.org/city</c>, whatever a proxy says; null: as requests
    /// and trusted proxies say. A proxy takes its path away before it passes a request on.
    /// </summary>
    public Uri? PublicAddress { get; init; }

    /// <summary>How many requests one account may make in a second, over some seconds.</summary>
    [Range(1, 1_000_000)]
    public int RequestsPerSecond { get; init; } = 2_000;

    /// <summary>Origins such as <c>https://gis.example.org</c> whose pages may read tiles, styles, lookups and <c>/ogc</c>, with a key or a
    /// token.</summary>
    public IReadOnlyList<string> Cors { get; init; } = [];

    /// <summary>After how long without a request a session ends by itself.</summary>
    public TimeSpan SessionIdle { get; init; } = TimeSpan.FromHours(12);

    /// <summary>The claim of a token that holds the name of the account.</summary>
    [Required]
    public string AccountClaim { get; init; } = "preferred_username";

    /// <summary>Where webhooks may go.</summary>
    public WebhookOptions Webhooks { get; init; } = new();

    /// <summary>Reads and validates the section.</summary>
    /// <exception cref="StartupException">A key is unknown or a value will not do; the message names it.</exception>
    public static SituationMapOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var known = typeof(SituationMapOptions).GetProperties().Select(property => property.Name).ToList();
        foreach (var key in section.GetChildren().Select(child => child.Key).Except(known, StringComparer.OrdinalIgnoreCase))
            throw new StartupException(
                $"There is no setting {Section}:{key}. The settings are {string.Join(", ", known.Select(name => $"{Section}:{name}"))}."
            );

        SituationMapOptions options;
        try
        {
            options = section.Get<SituationMapOptions>() ?? new SituationMapOptions();
        }
        catch (InvalidOperationException failure)
        {
            // its message names the key and the type it should have
            throw new StartupException(failure.Message, failure);
        }

        var wrong = new List<ValidationResult>();
        if (!Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true))
            throw new StartupException(
                string.Join(
                    Environment.NewLine,
                    wrong.Select(result => $"{Section}:{string.Join(", ", result.MemberNames)}: {result.ErrorMessage}")
                )
            );
        return options;
    }

    /// <inheritdoc/>
    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (
            Authority is not null
            && !(
                Uri.TryCreate(Authority, UriKind.Absolute, out var authority)
                && (authority.Scheme == Uri.UriSchemeHttps || authority.IsLoopback)
            )
        )
            yield return new ValidationResult($"'{Authority}' is not an address that begins with https://.", [nameof(Authority)]);
        if (
            PublicAddress is not null
            && !(PublicAddress is { IsAbsoluteUri: true, Scheme: "https" or "http", Query: "", Fragment: "", UserInfo: "" })
        )
            yield return new ValidationResult(
                $"'{PublicAddress}' is not an address such as https://maps.example.org/city.",
                [nameof(PublicAddress)]
            );
        foreach (var origin in Cors)
        {
            if (
                !(
                    Uri.TryCreate(origin, UriKind.Absolute, out var site)
                    && site.Scheme is "https" or "http"
                    && site.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase)
                )
            )
                yield return new ValidationResult(
                    $"'{origin}' is not an origin such as https://gis.example.org, without a path.",
                    [nameof(Cors)]
                );
        }
        foreach (var proxy in Proxies.Where(proxy => !Networks.TryParse(proxy, out _)))
            yield return new ValidationResult($"'{proxy}' is no address or network.", [nameof(Proxies)]);
        if (SessionIdle < TimeSpan.FromMinutes(1))
            yield return new ValidationResult("a time from one minute on, such as 00:30:00.", [nameof(SessionIdle)]);
        if (Backups.Keep < 1)
            yield return new ValidationResult("Keep has to be a number from 1.", [nameof(Backups)]);
        if (Retention.Persons < 0 || Retention.Reasons < 0)
            yield return new ValidationResult("a number of days from 0; 0: kept for good.", [nameof(Retention)]);
        if (TimeZone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
            yield return new ValidationResult(
                $"'{TimeZone}' is not a time zone this machine knows (such as Asia/Shanghai).",
                [nameof(TimeZone)]
            );
    }
}
