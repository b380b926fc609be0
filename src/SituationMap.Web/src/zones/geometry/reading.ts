import GeometryFactory from 'jsts/org/locationtech/jts/geom/GeometryFactory.js';
import GeoJSONWriter from 'jsts/org/locationtech/jts/io/GeoJSONWriter.js';
import WKTReader from 'jsts/org/locationtech/jts/io/WKTReader.js';
import { type Outline, outlineOf, type Position, positionAt, tidy } from './outline';
import { faultOf, union } from './shapes';

/** An outline from GeoJSON, WKT or lines of `lon, lat`, all in WGS 84; null when it is none of them or no surface. */
export function readOutline(text: string): Outline | null {
  try {
    const outline = /^\s*[{[]/.test(text)
      ? fromGeoJson(JSON.parse(text))
      : /^\s*(SRID=4326;)?\s*(MULTI)?POLYGON/i.test(text)
        ? fromGeoJson(
            new GeoJSONWriter().write(
              new WKTReader(new GeometryFactory()).read(text.trim().replace(/^SRID=4326;/i, '')),
            ),
          )
        : fromLines(text);
    return outline && faultOf(outline) === null && inDegrees(outline) ? outline : null;
  } catch {
    return null;
  }
}

/**
 * The corners as lines of `lon, lat`, to be typed over: an empty line before a further part, a line with `-` before a
 * hole.
 */
export const asLines = (outline: Outline): string =>
  outline
    .map((part) =>
      part
        .map((ring) =>
          ring
            .slice(0, -1)
            .map(([lon, lat]) => `${lon.toFixed(7)}, ${lat.toFixed(7)}`)
            .join('\n'),
        )
        .join('\n-\n'),
    )
    .join('\n\n');

function fromGeoJson(value: GeoJSON.GeoJSON): Outline | null {
  if (value.type === 'FeatureCollection') return together(value.features.map((feature) => fromGeoJson(feature)));
  if (value.type === 'Feature') return value.geometry ? fromGeoJson(value.geometry) : null;
  if (value.type === 'GeometryCollection') return together(value.geometries.map((geometry) => fromGeoJson(geometry)));
  return value.type === 'Polygon' || value.type === 'MultiPolygon' ? outlineOf(value) : null;
}

function together(outlines: (Outline | null)[]): Outline | null {
  const found = outlines.filter((outline) => outline !== null);
  return found.length === 0 ? null : union(found);
}

function fromLines(text: string): Outline | null {
  const parts = text
    .trim()
    .split(/\n\s*\n/)
    .map((part) => part.split(/\n\s*-\s*\n/).map(ringFromLines));
  return parts.flat().some((ring) => ring === null) ? null : (parts as Outline);
}

function ringFromLines(text: string) {
  const positions = text
    .trim()
    .split(/\n+/)
    .map((line): Position => {
      const [lon, lat] = line
        .split(/[\s,;]+/)
        .filter((part) => part !== '')
        .map(Number);
      return positionAt(lon ?? NaN, lat ?? NaN);
    });
  return positions.length < 3 || positions.flat().some(Number.isNaN) ? null : tidy(positions);
}

const inDegrees = (outline: Outline): boolean =>
  outline.flat(2).every(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90);
