using System.Net;
using System.Net.Sockets;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Subscriptions;

/// <summary>
/// Sends to addresses that others have chosen: never into our own network. The address is looked at when the connection is made, after its
/// name was resolved, so that a name which changes its mind gets nowhere; redirects and proxies are not followed.
/// </summary>
internal static class WebhookClient
{
    /// <summary>As long as a receiver may take to answer.</summary>
    public static readonly TimeSpan MayTake = TimeSpan.FromSeconds(10);

    private static readonly IPNetwork[] Inside =
    [
        .. new[]
        {
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "224.0.0.0/3",
            "::/128",
            "::1/128",
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "2002::/16",
            "fc00::/7",
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    public static HttpClient Create(WebhookOptions options) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                ConnectTimeout = MayTake,
                MaxResponseHeadersLength = 16,
                PooledConnectionLifetime = TimeSpan.FromMinutes(1),
                ConnectCallback = (context, cancellation) => ConnectAsync(options, context.DnsEndPoint, cancellation),
            }
        )
        {
            Timeout = MayTake,
        };

    /// <summary>What is wrong with an address to send to, in words; null: nothing that shows before it is resolved.</summary>
    public static string? Fault(WebhookOptions options, string url)
    {
        if (
            !Uri.TryCreate(url, UriKind.Absolute, out var address)
            || url.Length > 2_000
            || address.UserInfo.Length > 0
            || address.Fragment.Length > 0
        )
            return "an absolute address, such as https://example.org/hook, without a name or password in it";
        if (IsAllowed(options, address.Host))
            return address.Scheme is "https" or "http" ? null : "an address that begins with https:// or http://";
        if (address.Scheme != Uri.UriSchemeHttps)
            return "an address that begins with https://";
        return IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IsInside(ip) ? "a public address" : null;
    }

    public static bool IsInside(IPAddress address)
    {
        var real = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Inside.Any(network => network.BaseAddress.AddressFamily == real.AddressFamily && network.Contains(real));
    }

    private static bool IsAllowed(WebhookOptions options, string host) =>
        options.AllowedHosts.Contains(host.Trim('[', ']'), StringComparer.OrdinalIgnoreCase);

    private static async ValueTask<Stream> ConnectAsync(WebhookOptions options, DnsEndPoint target, CancellationToken cancellation)
    {
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellation);
        if (!IsAllowed(options, target.Host) && Array.Exists(addresses, IsInside))
            throw new ForbiddenAddressException();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A name leads into our own network.</summary>
internal sealed class ForbiddenAddressException() : IOException("The address is not a public one.");
