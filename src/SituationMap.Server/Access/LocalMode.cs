using System.Net;
using SituationMap.Server.Commands;

namespace SituationMap.Server.Access;

/// <summary>
/// Whether whoever sits at this machine may do everything without signing in. By itself only with the embedded store and when nothing
/// but loopback is listened on; the setting <c>SituationMap:LocalMode</c> turns it off, or on over another store, on loopback still.
/// </summary>
/// <param name="IsOn">Off, everybody signs in.</param>
internal sealed record LocalMode(bool IsOn)
{
    private static readonly string[] ForwardedBy = ["Forwarded", "X-Forwarded-For", "X-Original-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    /// <exception cref="StartupException">It is wanted, and something besides loopback would be listened on.</exception>
    public static LocalMode Decide(IConfiguration configuration, bool? wanted, bool isEmbedded)
    {
        if (wanted == false)
            return new LocalMode(false);
        var others = Addresses(configuration).Where(address => !IsLoopback(BindingAddress.Parse(address))).ToList();
        if (wanted == true && others.Count > 0)
        {
            throw new StartupException(
                $"SituationMap:LocalMode lets everyone in who reaches the server, and it would listen on {string.Join(", ", others)}. "
                + "Listen on http://localhost:5000 only, or leave the setting out and add accounts: users add NAME --role administrator");
        }
        return new LocalMode(wanted ?? (isEmbedded && others.Count == 0));
    }

    /// <summary>
    /// Whether the request was made on this machine, and to this machine by name: not passed on by a proxy, behind which anybody may be,
    /// and not by a page from elsewhere whose host was made to point here.
    /// </summary>
    public bool Covers(HttpContext context)
    {
        if (!IsOn || context.Connection.RemoteIpAddress is not { } from || !IPAddress.IsLoopback(from) || !IsLoopback(context.Request.Host.Host))
            return false;
        foreach (var header in ForwardedBy)
        {
            if (context.Request.Headers.ContainsKey(header))
                return false;
        }
        return true;
    }

    private static IEnumerable<string> Addresses(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? "http://*").ToList();
        if (endpoints.Count > 0)
            return endpoints;
        if (configuration["urls"] is { Length: > 0 } urls)
            return urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // ports without a host are listened on everywhere
        var ports = $"{configuration["http_ports"]};{configuration["https_ports"]}".Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return ports.Length > 0 ? ports.Select(port => $"http://*:{port}") : [MachineCheck.DefaultAddress];
    }

    private static bool IsLoopback(BindingAddress address) => address.IsUnixPipe || address.IsNamedPipe || IsLoopback(address.Host);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
