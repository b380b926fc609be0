using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SituationMap.Store.Access;

namespace SituationMap.Server.Subscriptions;

/// <summary>
/// Signs what is sent, in the form of Standard Webhooks: <c>webhook-signature: v1,</c> and the base64 of HMAC-SHA256 over
/// <c>{webhook-id}.{webhook-timestamp}.{body}</c>. The secret follows from the deployment's key of when the subscription was made and the
/// subscription's id, and is stored nowhere.
/// </summary>
internal sealed class WebhookSignature(DeploymentKey key)
{
    /// <summary>Of the deployment's key, for subscriptions that are made now.</summary>
    public int Generation => key.Current;

    /// <summary>As it is told once to whoever subscribes.</summary>
    public string SecretOf(Guid subscription, int generation) => "whsec_" + Convert.ToBase64String(KeyOf(subscription, generation));

    /// <summary>Adds the three headers.</summary>
    public void Sign(
        HttpRequestMessage request,
        Guid subscription,
        int generation,
        string eventId,
        DateTimeOffset at,
        ReadOnlySpan<byte> body
    )
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("webhook-id", eventId);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add(
            "webhook-signature",
            "v1,"
                + Convert.ToBase64String(
                    HMACSHA256.HashData(
                        KeyOf(subscription, generation),
                        (byte[])[.. Encoding.UTF8.GetBytes($"{eventId}.{timestamp}."), .. body]
                    )
                )
        );
    }

    private byte[] KeyOf(Guid subscription, int generation) => key.For(generation, $"webhook {subscription}");
}
