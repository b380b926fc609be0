using System.Net;
using SituationMap.Store;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Access;

/// <summary>
/// Whether whoever started the server may do everything without signing in. By itself only with the embedded store and when nothing
/// but loopback is listened on; the setting <c>SituationMap:LocalMode</c> turns it off, or on over another store, on loopback still. That
/// it is he is proven by the token that only he can read; where a request seems to come from proves nothing, since behind a proxy
/// everything comes from here.
/// </summary>
/// <param name="Token">Null: the mode is off, everybody signs in.</param>
internal sealed record LocalMode(LocalToken? Token)
{
    /// <summary>Where Kestrel listens when it is told nothing.</summary>
    public const string DefaultAddress = "http://localhost:5000";

    /// <summary>Of the address that is opened once, before the token is in a cookie.</summary>
    public const string Parameter = "token";

    private static readonly string[] ForwardedBy =
    [
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "X-Forwarded-Proto",
        "X-Forwarded-Prefix",
        "X-Original-For",
        "X-Original-Host",
        "X-Original-Proto",
        "X-Original-Prefix",
        "X-Real-IP",
        "Via",
    ];

    public bool IsOn => Token is not null;

    /// <summary>Decides it, and makes the token at the first start.</summary>
    /// <exception cref="StartupException">It is wanted, and others would reach the server; or the token cannot be made.</exception>
    public static LocalMode Open(IConfiguration configuration, SituationMapOptions options, bool isEmbedded) =>
        new(Decide(configuration, options, isEmbedded) ? LocalToken.Open(options) : null);

    /// <exception cref="StartupException">It is wanted, and others would reach the server.</exception>
    public static bool Decide(IConfiguration configuration, SituationMapOptions options, bool isEmbedded)
    {
        if (options.LocalMode == false)
            return false;
        var others = Addresses(configuration).Where(address => !IsLoopback(BindingAddress.Parse(address))).ToList();
        if (options.PublicAddress is { IsLoopback: false } known)
            others.Add(known.AbsoluteUri);
        if (options.LocalMode == true && others.Count > 0)
        {
            throw new StartupException(
                "SituationMap:LocalMode is for whoever sits at this machine, and the server would be reached at "
                    + $"{string.Join(", ", others)}. "
                    + "Listen on http://localhost:5000 only and without SituationMap:PublicAddress, "
                    + "or leave the setting out and add accounts: users add NAME --role administrator"
            );
        }
        return options.LocalMode ?? (isEmbedded && others.Count == 0);
    }

    /// <summary>Whether the request shows the token by its header or its cookie, and <see cref="MayCover"/> holds.</summary>
    public bool Covers(HttpContext context, ReadOnlySpan<char> shown) => Token is not null && Token.Is(shown) && MayCover(context);

    /// <summary>
    /// Whether the request was made on this machine, and to this machine by name: not passed on by a proxy that says so, and not by a page
    /// from elsewhere whose host was made to point here.
    /// </summary>
    public bool MayCover(HttpContext context)
    {
        if (
            !IsOn
            || context.Connection.RemoteIpAddress is not { } from
            || !IPAddress.IsLoopback(from)
            || !IsLoopback(context.Request.Host.Host)
        )
            return false;
        foreach (var header in ForwardedBy)
        {
            if (context.Request.Headers.ContainsKey(header))
                return false;
        }
        return true;
    }

    /// <summary>The cookie that holds the token. A browser sends it to every port of this machine, so each has a name of its own.</summary>
    public static string CookieOf(HttpRequest request) => $"situationmap-local-{request.Host.Port ?? (request.IsHttps ? 443 : 80)}";

    /// <summary>An address as one that lets its user in.</summary>
    public string AddressToOpen(string address) => Token is null ? address : $"{address}?{Parameter}={Token.Text}";

    private static IEnumerable<string> Addresses(IConfiguration configuration)
    {
        var endpoints = configuration
            .GetSection("Kestrel:Endpoints")
            .GetChildren()
            .Select(endpoint => endpoint["Url"] ?? "http://*")
            .ToList();
        if (endpoints.Count > 0)
            return endpoints;
        if (configuration["urls"] is { Length: > 0 } urls)
            return urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // ports without a host are listened on everywhere
        var ports = $"{configuration["http_ports"]};{configuration["https_ports"]}".Split(
            ';',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
        );
        return ports.Length > 0 ? ports.Select(port => $"http://*:{port}") : [DefaultAddress];
    }

    private static bool IsLoopback(BindingAddress address) => address.IsUnixPipe || address.IsNamedPipe || IsLoopback(address.Host);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
