import type { Map as MapLibreMap } from 'maplibre-gl';
import { zoneApi } from '../api/client';
import { type Outline, outlineOf } from '../geometry/outline';

const leastZoom = 15; // below it, a building is smaller than a finger

/**
 * The outlines of buildings and grids in view, exactly as they are stored: tiles round them. Asked for when the map
 * rests.
 */
export class BordersInView {
  #outlines: Outline[] = [];
  #asking: AbortController | null = null;

  constructor(private readonly map: MapLibreMap) {}

  get outlines(): readonly Outline[] {
    return this.#outlines;
  }

  start(): void {
    this.map.on('moveend', this.#ask);
    this.#ask();
  }

  stop(): void {
    this.map.off('moveend', this.#ask);
    this.#asking?.abort();
    this.#outlines = [];
  }

  readonly #ask = (): void => {
    this.#asking?.abort();
    if (this.map.getZoom() < leastZoom) {
      this.#outlines = [];
      return;
    }
    const asking = new AbortController();
    this.#asking = asking;
    const box = this.map.getBounds().toArray().flat();
    Promise.all((['buildings', 'grids'] as const).map((what) => zoneApi.within(what, box, asking.signal))).then(
      (found) => {
        this.#outlines = found
          .flat()
          .flatMap(({ geometry: one }) =>
            one.type === 'Polygon' || one.type === 'MultiPolygon' ? [outlineOf(one)] : [],
          );
      },
      () => undefined,
    ); // without them corners snap to zones alone
  };
}
