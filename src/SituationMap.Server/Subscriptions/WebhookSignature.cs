using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SituationMap.Store.Access;

namespace SituationMap.Server.Subscriptions;

/// <summary>
/// Signs what is sent, in the form of Standard Webhooks: <c>webhook-signature: v1,</c> and the base64 of HMAC-SHA256 over
/// <c>{webhook-id}.{webhook-timestamp}.{body}</c>. The secret follows from the deployment's key and the subscription's id, and is stored
/// nowhere.
/// </summary>
internal sealed class WebhookSignature(DeploymentKey key)
{
    /// <summary>As it is told once to whoever subscribes.</summary>
    public string SecretOf(Guid subscription) => "whsec_" + Convert.ToBase64String(KeyOf(subscription));

    /// <summary>Adds the three headers.</summary>
    public void Sign(HttpRequestMessage request, Guid subscription, string eventId, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("webhook-id", eventId);
        request.Headers.Add("webhook-timestamp", timestamp);
        request.Headers.Add(
            "webhook-signature",
            "v1,"
                + Convert.ToBase64String(
                    HMACSHA256.HashData(KeyOf(subscription), (byte[])[.. Encoding.UTF8.GetBytes($"{eventId}.{timestamp}."), .. body])
                )
        );
    }

    private byte[] KeyOf(Guid subscription) => key.For($"webhook {subscription}");
}
