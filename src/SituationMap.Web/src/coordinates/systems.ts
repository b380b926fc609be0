import gcoord from 'gcoord';
import { Geodesic } from 'geographiclib-geodesic';
import definitions from '../../../../data/crs/epsg.json';

/** A coordinate system in which a position can be given. */
export interface System {
  /** `EPSG:4547`, or a name of our own, `GCJ-02`. */
  code: string;
  name: string;
  degrees: boolean;
  /** Written latitude or northing first, as EPSG has it. */
  northFirst: boolean;
  /** Where it is meant for: west, south, east, north in degrees. */
  area: number[];
}

const own: System[] = ['GCJ-02', 'BD-09'].map((code) => ({
  code,
  name: code,
  degrees: true,
  northFirst: true,
  area: [72, 0.8, 138, 55.9],
}));

/** All that the service knows, those for the covered area first. */
export function systemsAt(longitude: number, latitude: number): System[] {
  const listed = definitions.map(({ code, name, axes, area }) => ({
    code: `EPSG:${code}`,
    name,
    degrees: axes.startsWith('latitude'),
    northFirst: !axes.startsWith('easting'),
    area,
  }));
  const here = ({ area: [west, south, east, north] }: System) =>
    longitude >= west! && longitude <= east! && latitude >= south! && latitude <= north!;
  return [...listed.slice(0, 1), ...own, ...listed.slice(1)].filter(here);
}

export type Project = (longitude: number, latitude: number) => [number, number];

/**
 * Converts lon, lat (WGS 84) to x, y (longitude, latitude; easting, northing) of a system. PROJ's rules are fetched
 * when first needed.
 */
export async function projectTo(code: string): Promise<Project> {
  if (code === 'EPSG:4326' || code === 'EPSG:4490') return (longitude, latitude) => [longitude, latitude];
  if (code === 'GCJ-02' || code === 'BD-09') {
    const to = code === 'GCJ-02' ? gcoord.GCJ02 : gcoord.BD09;
    return (longitude, latitude) => gcoord.transform([longitude, latitude], gcoord.WGS84, to);
  }
  const definition = definitions.find((one) => `EPSG:${one.code}` === code);
  if (!definition) throw new Error(`${code} is not in data/crs`);
  const { default: proj4 } = await import('proj4');
  const converter = proj4(definition.wkt);
  return (longitude, latitude) => converter.forward([longitude, latitude]) as [number, number];
}

/** `30.75707, 117.29955` or `3404079.4, 528680.1`. */
export function written(system: System, [x, y]: [number, number]): string {
  const digits = system.degrees ? 6 : 1;
  return (system.northFirst ? [y, x] : [x, y]).map((value) => value.toFixed(digits)).join(', ');
}

/** Metres along the ellipsoid through all points (lon, lat, WGS 84). */
export function length(points: [number, number][]): number {
  return points
    .slice(1)
    .reduce(
      (sum, [lon, lat], index) =>
        sum + (Geodesic.WGS84.Inverse(points[index]![1], points[index]![0], lat, lon).s12 ?? 0),
      0,
    );
}

/** Square metres within the points (lon, lat, WGS 84), and metres around them. */
export function area(points: [number, number][]): { area: number; perimeter: number } {
  const polygon = Geodesic.WGS84.Polygon(false);
  for (const [lon, lat] of points) polygon.AddPoint(lat, lon);
  const { area: signed = 0, perimeter } = polygon.Compute(false, true);
  return { area: Math.abs(signed), perimeter };
}
