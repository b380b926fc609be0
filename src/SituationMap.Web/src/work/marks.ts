import type { FeatureCollection } from 'geojson';
import type { GeoJSONSource } from 'maplibre-gl';
import type { BuildingWork } from '../api/types';
import type { MapParts, SessionParts } from '../frame/parts';
import { collection, middleOf, ring } from '../map/rings';
import { palette } from '../theme/theme';

const source = 'work';

/** Rings in ink, which says no status, around buildings where something of the list is to be done; thicker where it is late. */
export class WorkMarks {
  #data: FeatureCollection = collection();

  constructor(
    private readonly map: MapParts['map'],
    dressing: MapParts['dressing'],
    { appearance }: SessionParts,
  ) {
    dressing.add((style) => {
      const colours = palette(appearance);
      return {
        ...style,
        sources: { ...style.sources, [source]: { type: 'geojson', data: this.#data } },
        layers: [
          ...style.layers,
          ring('work-halo', source, colours.panel!, ['case', ['get', 'late'], 6, 4]),
          ring('work', source, colours.text!, ['case', ['get', 'late'], 3.5, 1.5]),
        ],
      };
    });
  }

  show(buildings: readonly BuildingWork[]): void {
    this.#data = collection(
      buildings.map(({ bounds, households }) =>
        middleOf(bounds, { late: households.some(({ items }) => items.some(({ state }) => state !== 'due')) }),
      ),
    );
    (this.map.getSource(source) as GeoJSONSource | undefined)?.setData(this.#data);
  }
}
