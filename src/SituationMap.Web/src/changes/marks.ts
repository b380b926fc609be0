import type { FeatureCollection } from 'geojson';
import type { ExpressionSpecification, GeoJSONSource } from 'maplibre-gl';
import { type Change, statuses } from '../api/types';
import type { MapParts, SessionParts } from '../frame/parts';
import { palette } from '../theme/theme';

const source = 'changes';

/** Rings around buildings in which a status changed, in the colour of the newest one; zones have their own look. */
export class ChangeMarks {
  #data: FeatureCollection = { type: 'FeatureCollection', features: [] };

  constructor(
    private readonly map: MapParts['map'],
    { dressing }: MapParts,
    { appearance }: SessionParts,
  ) {
    dressing.add((style) => {
      const colours = palette(appearance);
      const colour = [
        'match',
        ['get', 'to'],
        ...statuses.flatMap((status) => [status, colours[status]!]),
        colours.zone!,
      ] as unknown as ExpressionSpecification;
      return {
        ...style,
        sources: { ...style.sources, [source]: { type: 'geojson', data: this.#data } },
        layers: [
          ...style.layers,
          ring('changes-halo', colours.panel!, 7),
          ring('changes-ring', colours.text!, 5),
          ring('changes', colour, 3),
        ],
      };
    });
  }

  show(changes: readonly Change[]): void {
    const newest = new Map<string, Change>();
    for (const change of changes) {
      const building = change.household?.building;
      if (building !== undefined && !newest.has(building)) newest.set(building, change);
    }
    this.#data = {
      type: 'FeatureCollection',
      features: [...newest.values()].flatMap(({ bounds, to }) => {
        if (!bounds) return [];
        const [west, south, east, north] = bounds as [number, number, number, number];
        return {
          type: 'Feature' as const,
          properties: { to },
          geometry: { type: 'Point' as const, coordinates: [(west + east) / 2, (south + north) / 2] },
        };
      }),
    };
    (this.map.getSource(source) as GeoJSONSource | undefined)?.setData(this.#data);
  }
}

const ring = (id: string, colour: string | ExpressionSpecification, width: number) => ({
  id,
  type: 'circle' as const,
  source,
  paint: {
    'circle-radius': ['interpolate', ['linear'], ['zoom'], 12, 5, 18, 22] as ExpressionSpecification,
    'circle-color': 'transparent',
    'circle-stroke-color': colour,
    'circle-stroke-width': width,
  },
});
