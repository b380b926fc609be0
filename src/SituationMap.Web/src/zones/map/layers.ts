import type { GeoJSONSource, StyleSpecification } from 'maplibre-gl';
import type { Viewer } from '../../frame/parts';
import { palette } from '../../theme/theme';

/** What the planner shows beside the outline in work: `part` says as what. */
export type Shown = GeoJSON.Feature<
  GeoJSON.Geometry,
  {
    part: 'zone' | 'chosen' | 'pending' | 'added' | 'removed' | 'theirs' | 'base' | 'cut' | 'crossing' | 'corner';
    label?: string;
  }
>;

const source = 'planning';

/** The font in which the style writes the names of zones. */
const fontOf = (style: StyleSpecification): string[] =>
  style.layers.flatMap((layer) =>
    layer.id === 'zones-names' && layer.type === 'symbol' ? ((layer.layout?.['text-font'] as string[]) ?? []) : [],
  );

/**
 * The layers of planning. They are part of the dressed style, so that they survive every change of style, as do Terra
 * Draw's.
 */
export class PlanningLayers {
  #shown: Shown[] = [];

  constructor(private readonly viewer: Viewer) {
    const { dressing, appearance } = viewer;
    dressing.add((style, shown) => {
      const zone = palette(appearance).zone!;
      const text = palette(appearance).text!;
      const part = (...parts: string[]) => ['in', ['get', 'part'], ['literal', parts]] as never;
      return {
        ...style,
        sources: {
          ...style.sources,
          [source]: { type: 'geojson', data: this.#data() },
          ...Object.fromEntries(Object.entries(shown?.sources ?? {}).filter(([id]) => id.startsWith('td-'))),
        },
        layers: [
          ...style.layers,
          {
            id: 'planning-hatch',
            type: 'fill',
            source,
            filter: part('zone', 'added'),
            paint: { 'fill-pattern': 'hatch-2' },
          },
          {
            id: 'planning-cut',
            type: 'line',
            source,
            filter: part('cut'),
            paint: { 'line-color': text, 'line-width': 3 },
          },
          {
            id: 'planning-outline',
            type: 'line',
            source,
            filter: part('zone', 'chosen', 'added', 'theirs'),
            paint: { 'line-color': zone, 'line-width': 2.5 },
          },
          {
            id: 'planning-dashed',
            type: 'line',
            source,
            filter: part('removed', 'base'),
            paint: { 'line-color': zone, 'line-width': 2, 'line-dasharray': [2, 2] },
          },
          {
            id: 'planning-pending',
            type: 'line',
            source,
            filter: part('pending'),
            layout: { 'line-cap': 'round', 'line-join': 'round' },
            paint: { 'line-color': zone, 'line-width': 3.5, 'line-dasharray': [0, 2] },
          },
          {
            id: 'planning-pending-names',
            type: 'symbol',
            source,
            filter: part('pending'),
            layout: {
              'text-field': ['get', 'label'],
              'text-font': fontOf(style),
              'text-size': 13,
              'text-allow-overlap': true,
            },
            paint: { 'text-color': zone, 'text-halo-color': palette(appearance).ground!, 'text-halo-width': 2.5 },
          },
          {
            id: 'planning-crossing',
            type: 'circle',
            source,
            filter: part('crossing'),
            paint: {
              'circle-radius': 5,
              'circle-color': palette(appearance).panel!,
              'circle-stroke-color': text,
              'circle-stroke-width': 2,
            },
          },
          {
            id: 'planning-corner',
            type: 'circle',
            source,
            filter: part('corner'),
            paint: {
              'circle-radius': 9,
              'circle-color': zone,
              'circle-opacity': 0.35,
              'circle-stroke-color': zone,
              'circle-stroke-width': 3,
            },
          },
          ...(shown?.layers ?? []).filter(({ id }) => id.startsWith('td-')),
        ],
      };
    });
    dressing.again();
  }

  show(shown: Shown[]): void {
    this.#shown = shown;
    void this.viewer.map.getSource<GeoJSONSource>(source)?.setData(this.#data());
  }

  #data(): GeoJSON.FeatureCollection {
    return { type: 'FeatureCollection', features: this.#shown };
  }
}
