using Microsoft.Playwright;

namespace SituationMap.Testing;

public static class LocalBrowser
{
    /// <summary>Makes a browser that of the user whose server it is, as opening the address once does that the server prints in local
    /// mode.</summary>
    /// <param name="server">Its address, or that of a relay before it.</param>
    public static Task LetInAsync(this IBrowserContext context, Uri server, string token) =>
        context.AddCookiesAsync([
            new()
            {
                Name = $"situationmap-local-{server.Port}",
                Value = token,
                Url = server.GetLeftPart(UriPartial.Authority),
                HttpOnly = true,
                SameSite = SameSiteAttribute.Strict,
            },
        ]);
}
