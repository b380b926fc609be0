/**
 * A position, lon, lat (WGS 84), on the lattice of a ten-millionth of a degree (about 1 cm) on which all outlines stand.
 */
export type Position = [lon: number, lat: number];
export type Ring = readonly Position[];
/** A part: its shell and then its holes; the last position of a ring repeats the first. */
export type Part = readonly Ring[];
/** An outline of any number of parts: the coordinates of a GeoJSON MultiPolygon. Never changed in place. */
export type Outline = readonly Part[];

/** Units of the lattice in a degree. */
export const lattice = 1e7;

/** The nearest position of the lattice. The same position always has the same bits, so positions are compared exactly. */
export const positionAt = (lon: number, lat: number): Position => [
  Math.round(lon * lattice) / lattice,
  Math.round(lat * lattice) / lattice,
];

export const same = (a: Position, b: Position): boolean => a[0] === b[0] && a[1] === b[1];

/** Takes GeoJSON Polygon or MultiPolygon coordinates onto the lattice. */
export function outlineOf(geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon): Outline {
  const parts = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  return parts.map((part) => part.map((ring) => tidy(ring.map((position) => positionAt(position[0]!, position[1]!)))));
}

export const toGeoJson = (outline: Outline): GeoJSON.MultiPolygon => ({
  type: 'MultiPolygon',
  coordinates: outline as unknown as GeoJSON.Position[][][],
});

/** The ring without positions that follow themselves, closed. */
export function tidy(ring: readonly Position[]): Ring {
  const open = ring.filter((at, i) => i === 0 || !same(at, ring[i - 1]!));
  while (open.length > 1 && same(open[0]!, open[open.length - 1]!)) open.pop();
  return open.length === 0 ? [] : [...open, open[0]!];
}

export function* ringsOf(outline: Outline): Generator<Ring> {
  for (const part of outline) yield* part;
}

export function* positionsOf(outline: Outline): Generator<Position> {
  for (const ring of ringsOf(outline)) for (let i = 0; i + 1 < ring.length; i++) yield ring[i]!;
}

export const has = (outline: Outline, at: Position): boolean => {
  for (const other of positionsOf(outline)) if (same(at, other)) return true;
  return false;
};

/** Makes every ring anew; the rings it leaves as they are stay the same object. */
export function mapRings(outline: Outline, change: (ring: Ring) => Ring): Outline {
  let changed = false;
  const parts = outline.map((part) => {
    const rings = part.map(change);
    if (rings.every((ring, i) => ring === part[i])) return part;
    changed = true;
    return rings;
  });
  return changed ? parts : outline;
}

type Bounds = [west: number, south: number, east: number, north: number];

/** Every edit asks for the bounds of all outlines again and again, of which it changed a few. */
const bounds = new WeakMap<Outline, Bounds>();

/** [west, south, east, north] in degrees. */
export function boundsOf(outline: Outline): Bounds {
  const known = bounds.get(outline);
  if (known) return known;
  const box: Bounds = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [lon, lat] of positionsOf(outline)) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  bounds.set(outline, box);
  return box;
}

export const boxesMeet = (a: readonly number[], b: readonly number[]): boolean =>
  a[0]! <= b[2]! && b[0]! <= a[2]! && a[1]! <= b[3]! && b[1]! <= a[3]!;
