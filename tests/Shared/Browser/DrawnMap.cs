using Microsoft.Playwright;

namespace SituationMap.Testing;

/// <summary>What the viewer's map has drawn, read from the canvas itself.</summary>
internal static class DrawnMap
{
    /// <summary>The colour drawn at a place, as #RRGGBB.</summary>
    public static Task<string> ColourAtAsync(this IPage page, double longitude, double latitude) =>
        page.EvaluateAsync<string>(
            $$"""
            ([lon, lat]) => new Promise(resolve => {
              {{Read}}
              map.once('render', () => resolve(read()));
              map.triggerRepaint();
            })
            """,
            new[] { longitude, latitude }
        );

    /// <summary>
    /// Begins to watch a place. The task ends with the time, in ms since 1970, at which the place was first drawn in that colour; the
    /// watching has begun when this returns.
    /// </summary>
    /// <param name="colour">As #RRGGBB; null: any other than now.</param>
    public static async Task<Task<double>> WatchAsync(this IPage page, double longitude, double latitude, string? colour)
    {
        await page.EvaluateAsync(
            $$"""
            ([lon, lat, colour]) => new Promise(watching => {
              {{Read}}
              map.once('render', () => {
                const before = read();
                window.seen = new Promise(resolve => {
                  const look = () => {
                    const now = read();
                    if (colour === null ? now === before : now !== colour) return;
                    map.off('render', look);
                    resolve(performance.timeOrigin + performance.now());
                  };
                  map.on('render', look);
                  look();
                });
                watching();
              });
              map.triggerRepaint();
            })
            """,
            new object?[] { longitude, latitude, colour }
        );
        return page.EvaluateAsync<double>("() => window.seen");
    }

    /// <summary>Reads the pixel at lon, lat; only within a render event, in which the drawing is still there.</summary>
    private const string Read = """
        const map = situationMap.map;
        const gl = map.getCanvas().getContext('webgl2');
        const pixel = new Uint8Array(4);
        const read = () => {
          const { x, y } = map.project([lon, lat]);
          const ratio = map.getPixelRatio();
          gl.readPixels(Math.floor(x * ratio), gl.drawingBufferHeight - 1 - Math.floor(y * ratio), 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);
          return '#' + [...pixel.slice(0, 3)].map(part => part.toString(16).padStart(2, '0')).join('').toUpperCase();
        };
        """;
}
