using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Net.Http.Headers;
using SituationMap.Server.Access;
using SituationMap.Store;
using SituationMap.Store.Access;
using SituationMap.Store.Settings;

namespace SituationMap.Server.Commands;

/// <summary>The server that runs already, at <c>--urls</c>, as a program of the same user finds it: with the token in the data folder,
/// where there is one.</summary>
internal sealed class RunningServer(Invocation invocation)
{
    private static readonly string[] Desktops = ["DISPLAY", "WAYLAND_DISPLAY"];

    private readonly ConfigurationManager _configuration = invocation.CreateBuilder().Configuration;

    private Uri Address => new(Serving.AddressToOpen((_configuration["urls"] ?? LocalMode.DefaultAddress).Split(';')[0]));

    /// <summary>The verb <c>open</c>: tells the address that lets its user in, and opens it in the browser where there is a
    /// desktop.</summary>
    /// <param name="invoke">Gives what the verb is run with.</param>
    public static Command CreateOpen(Func<ParseResult, Invocation> invoke)
    {
        var open = new Command("open", "Open the map of the server that runs in local mode (at --urls), and tell its address.");
        open.SetAction(
            (parsed, _) =>
                CommandLine.GuardAsync(() =>
                {
                    new RunningServer(invoke(parsed)).Open();
                    return Task.FromResult(0);
                })
        );
        return open;
    }

    public HttpClient CreateClient()
    {
        var client = new HttpClient { BaseAddress = Address };
        // it is nobody's but this machine's
        if (Address.IsLoopback && LocalToken.Read(SituationMapOptions.Read(_configuration)) is { } token)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Text);
        return client;
    }

    private void Open()
    {
        var options = SituationMapOptions.Read(_configuration);
        var token = LocalToken.Read(options)
            ?? throw new StartupException(
                $"There is no {LocalToken.PathOf(options)}: no server has been started there in local mode. "
                    + "Start one, or name its folder with --SituationMap:DataFolder=…"
            );
        var address = new LocalMode(token).AddressToOpen(Address.AbsoluteUri);
        Console.WriteLine(address);
        if (OperatingSystem.IsLinux() && Array.TrueForAll(Desktops, desktop => Environment.GetEnvironmentVariable(desktop) is null))
            return;
        // every user of the machine can read with which arguments a program runs, so the browser gets a file that only this one can read
        var page = Path.ChangeExtension(LocalToken.PathOf(options), "html");
        SecretFile.Write(
            page,
            $"""
            <!doctype html><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url={address}">

            """,
            isNew: false
        );
        try
        {
            Process.Start(new ProcessStartInfo(page) { UseShellExecute = true })?.Dispose();
        }
        catch (Win32Exception)
        {
            // no program opens pages here: the address stands above
        }
    }
}
