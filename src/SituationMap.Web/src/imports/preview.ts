import type { ExpressionSpecification, GeoJSONSource } from 'maplibre-gl';
import type { Viewer } from '../frame/parts';
import { palette } from '../theme/theme';

const source = 'importing';
const nothing: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] };

/**
 * What is about to be imported, on the map: solid what is new or changed, thin what is known already, dashed what is
 * rejected.
 */
export class Preview {
  #shown = nothing;

  constructor(private readonly viewer: Viewer) {
    const { dressing, appearance } = viewer;
    dressing.add((style) => {
      const colours = palette(appearance);
      const change = (...changes: string[]) =>
        ['in', ['get', 'change'], ['literal', changes]] as ExpressionSpecification;
      const colour: ExpressionSpecification = [
        'match',
        ['get', 'change'],
        'rejected',
        colours['quarantined-text'] ?? colours.quarantined!,
        'changed',
        colours.zone!,
        colours.text!,
      ];
      const point: ExpressionSpecification = ['==', ['geometry-type'], 'Point'];
      return {
        ...style,
        // each outline would be simplified by itself otherwise, and borders that are one would come apart
        sources: { ...style.sources, [source]: { type: 'geojson', data: this.#shown, tolerance: 0 } },
        layers: [
          ...style.layers,
          {
            id: 'importing-fill',
            type: 'fill',
            source,
            filter: change('new', 'changed'),
            paint: { 'fill-color': colour, 'fill-opacity': 0.12 },
          },
          {
            id: 'importing-halo',
            type: 'line',
            source,
            filter: change('new', 'changed', 'rejected'),
            paint: { 'line-color': colours.panel!, 'line-width': 4 },
          },
          {
            id: 'importing-same',
            type: 'line',
            source,
            filter: change('same'),
            paint: { 'line-color': colours['text-second']!, 'line-width': 1 },
          },
          {
            id: 'importing-line',
            type: 'line',
            source,
            filter: change('new', 'changed'),
            paint: { 'line-color': colour, 'line-width': 2 },
          },
          {
            id: 'importing-rejected',
            type: 'line',
            source,
            filter: change('rejected'),
            paint: { 'line-color': colour, 'line-width': 2, 'line-dasharray': [2, 1.5] },
          },
          {
            id: 'importing-point',
            type: 'circle',
            source,
            filter: point,
            paint: {
              'circle-radius': 6,
              'circle-color': colours.panel!,
              'circle-stroke-color': colour,
              'circle-stroke-width': 2.5,
            },
          },
        ],
      };
    });
    dressing.again();
  }

  show(features: GeoJSON.FeatureCollection | null): void {
    this.#shown = features ?? nothing;
    void this.viewer.map.getSource<GeoJSONSource>(source)?.setData(this.#shown);
  }
}
