import type { Map as MapLibreMap } from 'maplibre-gl';
import type { TileAccess } from './refresher';

export const source = 'situation';

/** Lets the refresher see and refresh the tiles of the map's one source. */
export function tileAccess(map: MapLibreMap): TileAccess {
  return {
    inView: () => {
      const tiles = new Map<string, boolean>();
      const manager = map.style?.tileManagers[source];
      for (const id of manager?.getIds() ?? []) {
        const tile = manager!.getTileByID(id);
        if (!tile) continue;
        const { z, x, y } = tile.tileID.canonical;
        const key = `${z}/${x}/${y}`;
        const resting = tile.state === 'loaded' || tile.state === 'errored';
        // one tile may be there for several overzoomed levels
        tiles.set(key, resting && (tiles.get(key) ?? true));
      }
      return tiles;
    },
    refresh: (keys) =>
      map.refreshTiles(
        source,
        keys.map((key) => {
          const [z, x, y] = key.split('/').map(Number) as [number, number, number];
          return { z, x, y };
        }),
      ),
    forget: ({ layer, id }) => {
      for (const key of ['status', 'surveyed', 'unvisited'])
        map.removeFeatureState({ source, sourceLayer: layer, id }, key);
    },
  };
}
