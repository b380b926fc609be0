import Coordinate from 'jsts/org/locationtech/jts/geom/Coordinate.js';
import GeometryFactory from 'jsts/org/locationtech/jts/geom/GeometryFactory.js';
import PrecisionModel from 'jsts/org/locationtech/jts/geom/PrecisionModel.js';
import BufferOp from 'jsts/org/locationtech/jts/operation/buffer/BufferOp.js';
import OverlayOp from 'jsts/org/locationtech/jts/operation/overlay/OverlayOp.js';
import Polygonizer from 'jsts/org/locationtech/jts/operation/polygonize/Polygonizer.js';
import RelateOp from 'jsts/org/locationtech/jts/operation/relate/RelateOp.js';
import UnionOp from 'jsts/org/locationtech/jts/operation/union/UnionOp.js';
import IsValidOp from 'jsts/org/locationtech/jts/operation/valid/IsValidOp.js';
import {
  boundsOf,
  boxesMeet,
  lattice,
  type Outline,
  type Part,
  type Position,
  positionAt,
  type Ring,
  tidy,
} from './outline';

/**
 * What JSTS does for outlines. It calculates on the lattice's whole numbers with a fixed precision, so whatever comes
 * back stands on the lattice; the server's NetTopologySuite judges by the same rules.
 */
// biome-ignore lint/suspicious/noExplicitAny: JSTS describes its geometries as any
type Geometry = any;

const factory = new GeometryFactory(new PrecisionModel(1));

/** Why an outline cannot be a zone, and where. */
export interface Fault {
  why: 'crosses' | 'hole' | 'small' | 'overlaps' | 'junction' | 'nothing';
  at: Position;
}

export function faultOf(outline: Outline): Fault | null {
  if (outline.length === 0) return { why: 'nothing', at: [0, 0] };
  for (const part of outline)
    for (const ring of part) if (ring.length < 4) return { why: 'small', at: ring[0] ?? [0, 0] };
  const error = new IsValidOp(geometryOf(outline)).getValidationError();
  if (!error) return null;
  const at = error.getCoordinate();
  const type = error.getErrorType();
  // 2, 3, 7: a hole outside, a hole in a hole, a part in a part
  const why = type === 2 || type === 3 || type === 7 ? 'hole' : type === 9 ? 'small' : 'crosses';
  return { why, at: at ? positionAt(at.x / lattice, at.y / lattice) : outline[0]![0]![0]! };
}

/** Whether some surface belongs to both; touching is not overlapping. */
export const overlap = (a: Outline, b: Outline): boolean =>
  boxesMeet(boundsOf(a), boundsOf(b)) && RelateOp.relate(geometryOf(a), geometryOf(b)).matches('T********');

export const touch = (a: Outline, b: Outline): boolean =>
  boxesMeet(boundsOf(a), boundsOf(b)) && !RelateOp.relate(geometryOf(a), geometryOf(b)).isDisjoint();

/** Whether a position lies in an outline, its border included. */
export const covers = (outline: Outline, at: Position): boolean =>
  !RelateOp.relate(geometryOf(outline), factory.createPoint(coordinate(at))).isDisjoint();

export const union = (outlines: readonly Outline[]): Outline =>
  outlines.reduce(
    (all, one) =>
      all.length === 0 ? one : one.length === 0 ? all : surfacesOf(UnionOp.union(geometryOf(all), geometryOf(one))),
    [] as Outline,
  );

export const difference = (from: Outline, what: Outline): Outline =>
  surfacesOf(OverlayOp.difference(geometryOf(from), geometryOf(what)));

export const intersection = (a: Outline, b: Outline): Outline =>
  surfacesOf(OverlayOp.intersection(geometryOf(a), geometryOf(b)));

/** The pieces into which a line cuts an outline, the largest first; one piece when it does not cut. */
export function pieces(outline: Outline, line: readonly Position[]): Outline[] {
  const whole = geometryOf(outline);
  const polygonizer = new Polygonizer();
  polygonizer.add(UnionOp.union(whole.getBoundary(), factory.createLineString(line.map(coordinate))));
  const faces: Geometry[] = polygonizer.getPolygons().toArray();
  return faces
    .filter((face) => RelateOp.relate(whole, face).matches('T********'))
    .sort((a, b) => b.getArea() - a.getArea())
    .map((face) => [partOf(face)]);
}

/**
 * Everything within some metres of points, lines and surfaces (GeoJSON, lon, lat). Round corners; flat to within 0.1 %
 * over 20 km.
 */
export function around(geometries: readonly GeoJSON.Geometry[], metres: number): Outline {
  const first = geometries.map(firstOf).find((at) => at !== null);
  if (!first) return [];
  const plane = new Plane(first);
  const floating = new GeometryFactory();
  const rounds = geometries
    .flatMap((geometry) => inPlane(geometry, plane, floating))
    .map((shape) => BufferOp.bufferOp(shape, metres, 12));
  const all = rounds.reduce((a, b) => UnionOp.union(a, b));
  return eachPolygon(all).map((polygon) =>
    ringsIn(polygon).map((ring) => tidy(ring.map((at) => plane.toPosition(at.x, at.y)))),
  );
}

/** The outline some metres to the east and to the north. */
export function shifted(outline: Outline, east: number, north: number): Outline {
  const first = outline[0]?.[0]?.[0];
  if (!first) return outline;
  const plane = new Plane(first);
  return outline.map((part) =>
    part.map((ring) =>
      tidy(
        ring.map((at) => {
          const [x, y] = plane.toMetres(at);
          return plane.toPosition(x + east, y + north);
        }),
      ),
    ),
  );
}

export const circle = (middle: Position, metres: number): Outline =>
  around([{ type: 'Point', coordinates: middle }], metres);

/** Metres east and north of a position: near enough to a plane for a district. */
export class Plane {
  readonly #east: number;
  readonly #north: number;

  constructor(private readonly origin: Position) {
    const sine = Math.sin((origin[1] * Math.PI) / 180);
    const flat = 1 - 0.00669437999014 * sine * sine; // WGS 84
    this.#north = ((Math.PI / 180) * 6378137 * (1 - 0.00669437999014)) / flat ** 1.5;
    this.#east = ((Math.PI / 180) * 6378137 * Math.cos((origin[1] * Math.PI) / 180)) / Math.sqrt(flat);
  }

  toPosition(x: number, y: number): Position {
    return positionAt(this.origin[0] + x / this.#east, this.origin[1] + y / this.#north);
  }

  toMetres([lon, lat]: readonly number[]): [x: number, y: number] {
    return [(lon! - this.origin[0]) * this.#east, (lat! - this.origin[1]) * this.#north];
  }
}

function inPlane(geometry: GeoJSON.Geometry, plane: Plane, floating: Geometry): Geometry[] {
  const xy = (position: GeoJSON.Position): Geometry => {
    const [x, y] = plane.toMetres(position);
    return new Coordinate(x, y);
  };
  const line = (positions: GeoJSON.Position[]) => floating.createLineString(positions.map(xy));
  const polygon = ([shell, ...holes]: GeoJSON.Position[][]) =>
    floating.createPolygon(
      floating.createLinearRing(shell!.map(xy)),
      holes.map((hole) => floating.createLinearRing(hole.map(xy))),
    );
  switch (geometry.type) {
    case 'Point':
      return [floating.createPoint(xy(geometry.coordinates))];
    case 'MultiPoint':
      return geometry.coordinates.map((at) => floating.createPoint(xy(at)));
    case 'LineString':
      return [line(geometry.coordinates)];
    case 'MultiLineString':
      return geometry.coordinates.map(line);
    case 'Polygon':
      return [polygon(geometry.coordinates)];
    case 'MultiPolygon':
      return geometry.coordinates.map(polygon);
    case 'GeometryCollection':
      return geometry.geometries.flatMap((one) => inPlane(one, plane, floating));
  }
}

function firstOf(geometry: GeoJSON.Geometry): Position | null {
  if (geometry.type === 'GeometryCollection') return geometry.geometries.map(firstOf).find((at) => at !== null) ?? null;
  let at: unknown = geometry.coordinates;
  while (Array.isArray(at) && Array.isArray(at[0])) at = at[0];
  return Array.isArray(at) && at.length >= 2 ? [at[0] as number, at[1] as number] : null;
}

const coordinate = ([lon, lat]: Position): Geometry =>
  new Coordinate(Math.round(lon * lattice), Math.round(lat * lattice));
const linearRing = (ring: Ring): Geometry => factory.createLinearRing(ring.map(coordinate));

function geometryOf(outline: Outline): Geometry {
  const polygons = outline.map(([shell, ...holes]) => factory.createPolygon(linearRing(shell!), holes.map(linearRing)));
  return polygons.length === 1 ? polygons[0] : factory.createMultiPolygon(polygons);
}

/** The surfaces of a result; points and lines, where outlines only touch, are left out. */
const surfacesOf = (geometry: Geometry): Outline => eachPolygon(geometry).map(partOf);

function eachPolygon(geometry: Geometry): Geometry[] {
  const all: Geometry[] = [];
  for (let i = 0; i < geometry.getNumGeometries(); i++) {
    const one = geometry.getGeometryN(i);
    if (one.getGeometryType() === 'Polygon' && !one.isEmpty()) all.push(one);
    else if (one !== geometry && one.getNumGeometries() > 1) all.push(...eachPolygon(one));
  }
  return all;
}

const ringsIn = (polygon: Geometry): { x: number; y: number }[][] =>
  [
    polygon.getExteriorRing(),
    ...Array.from({ length: polygon.getNumInteriorRing() }, (_, i) => polygon.getInteriorRingN(i)),
  ].map((ring) => ring.getCoordinates());

const partOf = (polygon: Geometry): Part =>
  ringsIn(polygon).map((ring) => tidy(ring.map(({ x, y }) => positionAt(x / lattice, y / lattice))));
