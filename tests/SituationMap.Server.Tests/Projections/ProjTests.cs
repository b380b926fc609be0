using System.Diagnostics;
using System.Globalization;
using System.Text;
using Shouldly;
using SituationMap.Core.Projections;

namespace SituationMap.Server.Tests.Projections;

/// <summary>Our coordinate systems against PROJ's <c>cs2cs</c>.</summary>
[Fast]
public sealed class ProjTests : IAsyncLifetime
{
    private const int Points = 10_000;

    private static readonly CoordinateSystems Systems = CoordinateSystems.Read(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "crs", "epsg.json"))
    );

    public static TheoryData<string> Projected => [.. Systems.All.Where(system => !system.IsGeographic).Select(system => system.Code)];

    public async ValueTask InitializeAsync() => await Programs.EnsureAsync("cs2cs", "proj-bin");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Projected))]
    public async Task Agrees_with_PROJ_to_a_millimetre(string code)
    {
        var system = Systems.Find(code)!;
        var random = new Random(4326);
        // all over its area of use, as far as that lies in China
        var (west, south, east, north) = (
            Math.Max(system.Area[0], 73),
            Math.Max(system.Area[1], 16),
            Math.Min(system.Area[2], 136),
            Math.Min(system.Area[3], 54)
        );
        var points = Enumerable
            .Range(0, Points)
            .Select(_ => (X: west + (random.NextDouble() * (east - west)), Y: south + (random.NextDouble() * (north - south))))
            .ToArray();

        var theirs = await Cs2csAsync("EPSG:4326", code, points.Select(point => (point.Y, point.X)));

        var (worst, worstBack) = (0.0, 0.0);
        for (var i = 0; i < Points; i++)
        {
            var (x, y) = system.FromLonLat(points[i].X, points[i].Y);
            var (theirX, theirY) = system.Axes == AxisOrder.NorthEast ? (theirs[i].B, theirs[i].A) : theirs[i];
            worst = Math.Max(worst, Math.Max(Math.Abs(x - theirX), Math.Abs(y - theirY)));
            var (longitude, latitude) = system.ToLonLat(theirX, theirY);
            worstBack = Math.Max(worstBack, Geodesic.Distance(points[i].X, points[i].Y, longitude, latitude));
        }
        worst.ShouldBeLessThanOrEqualTo(0.001);
        worstBack.ShouldBeLessThanOrEqualTo(0.001);
    }

    /// <summary>PROJ's own answer; positions in the order of each system's authority.</summary>
    internal static async Task<(double A, double B)[]> Cs2csAsync(string from, string to, IEnumerable<(double A, double B)> positions)
    {
        var start = new ProcessStartInfo("cs2cs", ["-f", "%.6f", from, to])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("cs2cs did not start.");
        var input = new StringBuilder();
        foreach (var (a, b) in positions)
            input.Append(CultureInfo.InvariantCulture, $"{a:R} {b:R}\n");
        var writing = Task.Run(async () =>
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        });
        var output = await process.StandardOutput.ReadToEndAsync();
        await writing;
        await process.WaitForExitAsync();
        return
        [
            .. output
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
                .Select(numbers =>
                    (double.Parse(numbers[0], CultureInfo.InvariantCulture), double.Parse(numbers[1], CultureInfo.InvariantCulture))
                ),
        ];
    }
}
