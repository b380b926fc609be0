import type { Feature, FeatureCollection } from 'geojson';
import type { DataDrivenPropertyValueSpecification, ExpressionSpecification, LayerSpecification } from 'maplibre-gl';

/** A ring around a building, as large as it is at that zoom. */
export const ring = (
  id: string,
  source: string,
  colour: string | ExpressionSpecification,
  width: DataDrivenPropertyValueSpecification<number>,
): LayerSpecification => ({
  id,
  type: 'circle',
  source,
  paint: {
    'circle-radius': ['interpolate', ['linear'], ['zoom'], 12, 5, 18, 22],
    'circle-color': 'transparent',
    'circle-stroke-color': colour,
    'circle-stroke-width': width,
  },
});

/** Of which rings are drawn. */
export const collection = (features: Feature[] = []): FeatureCollection => ({ type: 'FeatureCollection', features });

/** The middle of a building. */
export function middleOf(bounds: readonly number[], properties: Record<string, unknown>): Feature {
  const [west, south, east, north] = bounds as [number, number, number, number];
  return {
    type: 'Feature',
    properties,
    geometry: { type: 'Point', coordinates: [(west + east) / 2, (south + north) / 2] },
  };
}
