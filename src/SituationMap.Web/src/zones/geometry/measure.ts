import area from '@turf/area';
import length from '@turf/length';
import { type Outline, toGeoJson } from './outline';

/** m², on the sphere. */
export const surface = (outline: Outline): number => (outline.length === 0 ? 0 : area(toGeoJson(outline)));

/** Metres along all rings, on the sphere. */
export const perimeter = (outline: Outline): number =>
  1000 *
  length(
    { type: 'Feature', properties: {}, geometry: toGeoJson(outline) as unknown as GeoJSON.MultiLineString },
    { units: 'kilometers' },
  );
