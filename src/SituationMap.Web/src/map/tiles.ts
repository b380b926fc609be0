import { signal } from '@preact/signals';
import { addProtocol, type RequestTransformFunction } from 'maplibre-gl';

/** A tile that could not be had, nor is there an older one. */
export interface Missing {
  z: number;
  x: number;
  y: number;
}

const kept = 300; // tiles, some kilobytes each: more than a wall shows
const lastGood = new Map<string, ArrayBuffer>();
/** Those of the present that were asked for last in vain. */
export const tilesMissing = signal<readonly Missing[]>([]);

/**
 * Fetches tiles so that an outage does not tear holes into the map: where the server cannot be reached, or is not ready
 * yet, the tile is shown as it was last. The page says that it is not live, and fetches all anew when it is again.
 */
export function registerTiles(): void {
  addProtocol('tile', async ({ url }, abort) => {
    const address = url.replace('tile://', `${location.protocol}//`);
    try {
      // the answer's ETag makes an unchanged tile cheap
      const response = await fetch(address, { cache: 'no-cache', signal: abort.signal });
      if (!response.ok) throw new Error(`${address}: ${response.status}`);
      const data = await response.arrayBuffer();
      remember(address, data);
      tell(address, false);
      const etag = response.headers.get('ETag');
      return etag === null ? { data } : { data, etag };
    } catch (error) {
      const before = lastGood.get(address);
      if (!abort.signal.aborted && !before) tell(address, true);
      if (abort.signal.aborted || !before) throw error;
      return { data: before.slice(0) };
    }
  });
}

/** Sends the requests for our own tiles through the above; a base map's stay as they are, the browser keeps those. */
export const throughTiles: RequestTransformFunction = (url, type) => ({
  url: type === 'Tile' && !new URL(url).pathname.includes('/basemap/') ? url.replace(/^https?:\/\//, 'tile://') : url,
});

function remember(address: string, data: ArrayBuffer): void {
  lastGood.delete(address);
  lastGood.set(address, data.slice(0)); // the map's worker takes the original over
  if (lastGood.size > kept) lastGood.delete(lastGood.keys().next().value!);
}

function tell(address: string, isMissing: boolean): void {
  const { pathname, search } = new URL(address);
  const found = /\/(\d+)\/(\d+)\/(\d+)\.mvt$/.exec(pathname);
  if (!found || new URLSearchParams(search).has('at')) return; // not of the present
  const [z, x, y] = found.slice(1).map(Number) as [number, number, number];
  const others = tilesMissing.peek().filter((one) => one.z !== z || one.x !== x || one.y !== y);
  if (isMissing || others.length < tilesMissing.peek().length)
    tilesMissing.value = isMissing ? [...others, { z, x, y }] : others;
}
