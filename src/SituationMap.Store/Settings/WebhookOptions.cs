namespace SituationMap.Store.Settings;

/// <summary>Where webhooks may go.</summary>
public sealed class WebhookOptions
{
    /// <summary>
    /// Hosts, by name or address, that may be sent to whatever address they have and also by plain HTTP. All others take HTTPS and a public
    /// address.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];
}
