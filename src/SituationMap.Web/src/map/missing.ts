import { signal } from '@preact/signals';
import type { GeoJSONSource } from 'maplibre-gl';
import type { MapParts, PageParts, SessionParts } from '../frame/parts';
import { fonts, palette } from '../theme/theme';
import { type Missing, tilesMissing } from './tiles';

const source = 'missing';
const again = 5_000; // ms until such tiles are asked for once more
const deepest = 18; // the last zoom that has tiles of its own

/** Says on the map where a tile could not be had: left blank it would look as if nothing were there. */
export function missingTiles({ notices }: PageParts, session: SessionParts, { map, dressing }: MapParts): void {
  const { appearance, t } = session;
  const shown = signal<Missing[]>([]);

  dressing.add((style) => {
    const colours = palette(appearance);
    return {
      ...style,
      sources: { ...style.sources, [source]: { type: 'geojson', data: areas(shown.peek()) } },
      layers: [
        ...style.layers,
        {
          id: 'missing',
          type: 'fill',
          source,
          paint: { 'fill-color': colours['text-second']!, 'fill-opacity': 0.18 },
        },
        {
          id: 'missing-words',
          type: 'symbol',
          source,
          layout: { 'text-field': t('map.missing'), 'text-font': fonts.bold, 'text-size': 13 },
          paint: { 'text-color': colours.text!, 'text-halo-color': colours.ground!, 'text-halo-width': 2 },
        },
      ],
    };
  });

  const show = () => {
    const zoom = Math.min(deepest, Math.floor(map.getZoom()));
    const next = tilesMissing.peek().filter(({ z }) => z === zoom);
    if (next.length > 0 && shown.peek().length === 0) notices.show(t('map.missing.notice'), 6_000);
    shown.value = next;
    void map.getSource<GeoJSONSource>(source)?.setData(areas(next));
  };
  tilesMissing.subscribe(show);
  map.on('zoomend', show);
  setInterval(() => shown.peek().length > 0 && map.refreshTiles('situation', shown.peek()), again);
}

function areas(tiles: Missing[]): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: tiles.map(({ z, x, y }) => {
      const lon = (x: number) => (x / 2 ** z) * 360 - 180;
      const lat = (y: number) => (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / 2 ** z))) * 180) / Math.PI;
      const [west, east, north, south] = [lon(x), lon(x + 1), lat(y), lat(y + 1)];
      const ring = [
        [west, north],
        [west, south],
        [east, south],
        [east, north],
        [west, north],
      ];
      return { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } };
    }),
  };
}
