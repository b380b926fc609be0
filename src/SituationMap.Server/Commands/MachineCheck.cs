using System.Net;
using System.Net.Sockets;
using Npgsql;
using SituationMap.Store.Database;

namespace SituationMap.Server.Commands;

/// <summary>What the server needs besides an embedded PostGIS: a database given to it, an address, and programs for some of its
/// work.</summary>
internal static class MachineCheck
{
    // what Vite 8 asks for
    private static readonly Version OldestNode = new(20, 19);

    /// <summary>The PostgreSQL server that the configuration names.</summary>
    public static async Task<Finding> DatabaseAsync(string connectionString, CancellationToken cancellationToken)
    {
        try
        {
            var found = await ServerVersions.ReadAsync(connectionString, cancellationToken);
            var server = $"PostgreSQL {found.Postgres} at {found.Host}, database {found.Database}";
            return found.Postgis is null
                ? new Finding(
                    Verdict.Missing,
                    $"{server}, without PostGIS",
                    "install PostGIS 3 on that server (Debian: postgresql-…-postgis-3)"
                )
                : new Finding(Verdict.Good, $"{server}, PostGIS {found.Postgis}");
        }
        catch (Exception failure) when (failure is NpgsqlException or ArgumentException)
        {
            return new Finding(
                Verdict.Missing,
                $"The database of ConnectionStrings:SituationMap: {(failure.InnerException ?? failure).Message}",
                "mend ConnectionStrings:SituationMap, or leave it out for an embedded PostGIS"
            );
        }
    }

    /// <summary>Whether the address is free to listen on.</summary>
    /// <param name="isRunning">Whether a server of ours is known to run, which then has the address.</param>
    public static Finding Address(string urls, bool isRunning)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            var address = BindingAddress.Parse(url);
            if (address.IsUnixPipe || address.IsNamedPipe)
                continue;
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, address.Port);
                listener.Start();
            }
            catch (SocketException failure)
            {
                return isRunning
                    ? new Finding(Verdict.Note, $"{url} is in use, as it should be while the server runs")
                    : new Finding(
                        Verdict.Missing,
                        $"{url} cannot be listened on: {failure.Message}",
                        "Choose another address with --urls http://localhost:5001"
                    );
            }
        }

        return new Finding(Verdict.Good, $"{urls} is free");
    }

    public static async Task<Finding> NodeAsync(CancellationToken cancellationToken)
    {
        const string mend = "needed to build the web part only: https://nodejs.org, version 20.19 or newer";
        if (Shell.Find("node") is not { } node)
            return new Finding(Verdict.Note, "Node.js is not here", mend);
        var version = (await Shell.RunAsync(node, ["--version"], cancellationToken: cancellationToken)).Output.TrimStart('v');
        return Version.TryParse(version, out var parsed) && parsed >= OldestNode
            ? new Finding(Verdict.Good, $"Node.js {version}, which builds the web part")
            : new Finding(Verdict.Note, $"Node.js {version} is too old", mend);
    }

    public static async Task<Finding> GdalAsync(CancellationToken cancellationToken)
    {
        if (Shell.Find("ogr2ogr") is not { } gdal)
            return new Finding(
                Verdict.Note,
                "GDAL is not here",
                "needed to read Shapefile, GeoPackage, DXF and XLSX only: sudo apt-get install -y --no-install-recommends gdal-bin"
            );
        return new Finding(Verdict.Good, (await Shell.RunAsync(gdal, ["--version"], cancellationToken: cancellationToken)).Output);
    }
}
