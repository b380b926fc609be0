import {
  boundsOf,
  boxesMeet,
  has,
  lattice,
  mapRings,
  type Outline,
  type Position,
  positionsOf,
  type Ring,
  ringsOf,
  same,
  tidy,
} from './outline';
import { difference, type Fault, faultOf, overlap, pieces, union } from './shapes';

/** The outlines that are edited together, by key. */
export type Outlines = ReadonlyMap<string, Outline>;

/** An edit: the outlines after it, or why it cannot be. */
export type Edited = { outlines: Outlines; fault: null } | { outlines: null; fault: Fault };

/** How near, in units of the lattice, a corner has to lie to a neighbour's side to be on it: about 2 cm. */
const onSide = 2;

/** Moves a corner in every outline that has it. Only `alone` moves when a key is given. */
export function moveCorner(before: Outlines, from: Position, to: Position, alone?: string): Edited {
  return changed(
    before,
    mapOutlines(
      before,
      (ring) => (ring.some((at) => same(at, from)) ? tidy(ring.map((at) => (same(at, from) ? to : at))) : ring),
      alone,
    ),
  );
}

/** Puts a corner onto a side, in every outline that has this side. */
export function insertCorner(
  before: Outlines,
  [start, end]: readonly [Position, Position],
  corner: Position,
  alone?: string,
): Edited {
  return changed(before, withCorner(before, start, end, corner, alone));
}

/** Takes a corner out of every outline that has it. One where borders meet stays: three sides cannot become two. */
export function removeCorner(before: Outlines, corner: Position, alone?: string): Edited {
  const beside: Position[] = [];
  for (const [key, outline] of before) {
    if (alone !== undefined && key !== alone) continue;
    for (const ring of ringsOf(outline)) {
      for (let i = 0; i + 1 < ring.length; i++) {
        if (!same(ring[i]!, corner)) continue;
        for (const at of [ring[i + 1]!, ring[(i === 0 ? ring.length - 1 : i) - 1]!])
          if (!beside.some((other) => same(at, other))) beside.push(at);
      }
    }
  }
  if (beside.length > 2) return { outlines: null, fault: { why: 'junction', at: corner } };
  return changed(
    before,
    mapOutlines(
      before,
      (ring) => (ring.some((at) => same(at, corner)) ? tidy(ring.filter((at) => !same(at, corner))) : ring),
      alone,
    ),
  );
}

/**
 * Puts another outline in the place of one, and makes its corners corners of the neighbours on whose sides they lie.
 */
export function replace(before: Outlines, key: string, outline: Outline): Edited {
  const next = new Map(before);
  next.set(key, outline);
  return changed(before, joined(next), { free: true });
}

/**
 * Cuts an outline along a line. The largest piece keeps the key, the others get those that are given, in order of size.
 */
export function split(before: Outlines, key: string, line: readonly Position[], keyOf: (n: number) => string): Edited {
  let cut: Outlines = before;
  const along: Position[] = [line[0]!];
  for (let i = 0; i + 1 < line.length; i++) {
    const found: { at: Position; along: number }[] = [];
    for (const ring of ringsOf(cut.get(key)!)) {
      for (let j = 0; j + 1 < ring.length; j++) {
        const crossing = crossingOf(line[i]!, line[i + 1]!, ring[j]!, ring[j + 1]!);
        if (crossing) found.push(crossing);
      }
    }
    for (const { at } of found.sort((a, b) => a.along - b.along))
      if (!same(at, along[along.length - 1]!)) along.push(at);
    along.push(line[i + 1]!);
  }
  // where the line crosses a border, the neighbours get the corner as well
  for (const at of along.slice(1, -1)) cut = cornerOnSides(cut, at);
  const parts = cut.get(key)!.flatMap((part) => pieces([part], along));
  if (parts.length <= before.get(key)!.length) return { outlines: null, fault: { why: 'nothing', at: line[0]! } };
  const next = new Map(cut);
  for (const [i, part] of parts.entries()) next.set(i === 0 ? key : keyOf(i), part);
  return changed(before, joined(next), { cut: key });
}

/** Makes one outline of two; the second key is gone. */
export function merge(before: Outlines, key: string, other: string): Edited {
  const next = new Map(before);
  next.set(key, union([before.get(key)!, before.get(other)!]));
  next.delete(other);
  return changed(before, joined(next));
}

export const add = (before: Outlines, key: string, shape: Outline): Edited =>
  replace(before, key, union([before.get(key) ?? [], shape]));

export const cutOut = (before: Outlines, key: string, shape: Outline): Edited =>
  replace(before, key, difference(before.get(key)!, shape));

/**
 * Corners that lie on a neighbour's side become corners of that side, so that shared borders are the same on both
 * sides.
 */
export function joined(outlines: Outlines): Outlines {
  let result = outlines;
  for (const [key, outline] of outlines) {
    for (const corner of positionsOf(outline)) result = cornerOnSides(result, corner, key);
  }
  return result;
}

/** Puts a corner onto every side it lies on (within about 2 cm), except of one outline. */
function cornerOnSides(outlines: Outlines, corner: Position, except?: string): Outlines {
  let result: Map<string, Outline> | undefined;
  for (const [key, outline] of outlines) {
    if (key === except || !boxesMeet(grown(boundsOf(outline)), [...corner, ...corner]) || has(outline, corner))
      continue;
    const next = mapRings(outline, (ring) => {
      const i = ring.findIndex((at, n) => n + 1 < ring.length && liesOn(corner, at, ring[n + 1]!));
      return i < 0 ? ring : [...ring.slice(0, i + 1), corner, ...ring.slice(i + 1)];
    });
    if (next === outline) continue;
    result ??= new Map(outlines);
    result.set(key, next);
  }
  return result ?? outlines;
}

const grown = ([west, south, east, north]: [number, number, number, number]) => {
  const edge = (onSide + 1) / lattice;
  return [west - edge, south - edge, east + edge, north + edge];
};

function liesOn(at: Position, a: Position, b: Position): boolean {
  const [x, y, dx, dy] = [at[0] - a[0], at[1] - a[1], b[0] - a[0], b[1] - a[1]];
  const length = Math.hypot(dx, dy);
  const along = (x * dx + y * dy) / length;
  return length > 0 && along > 0 && along < length && Math.abs(x * dy - y * dx) / length <= onSide / lattice;
}

function crossingOf(a: Position, b: Position, c: Position, d: Position): { at: Position; along: number } | null {
  const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const cross = rx * sy - ry * sx;
  if (cross === 0) return null;
  const along = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / cross;
  const beside = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / cross;
  if (along < 0 || along > 1 || beside < 0 || beside > 1) return null;
  const at: Position = [
    Math.round((a[0] + along * rx) * lattice) / lattice,
    Math.round((a[1] + along * ry) * lattice) / lattice,
  ];
  return { at, along };
}

function mapOutlines(outlines: Outlines, change: (ring: Ring) => Ring, alone?: string): Outlines {
  const result = new Map(outlines);
  for (const [key, outline] of outlines)
    if (alone === undefined || key === alone) result.set(key, mapRings(outline, change));
  return result;
}

function withCorner(outlines: Outlines, start: Position, end: Position, corner: Position, alone?: string): Outlines {
  return mapOutlines(
    outlines,
    (ring) => {
      const i = ring.findIndex(
        (at, n) =>
          n + 1 < ring.length &&
          ((same(at, start) && same(ring[n + 1]!, end)) || (same(at, end) && same(ring[n + 1]!, start))),
      );
      return i < 0 ? ring : [...ring.slice(0, i + 1), corner, ...ring.slice(i + 1)];
    },
    alone,
  );
}

/**
 * An edit holds when every outline it changed is valid, and none overlaps another that it left alone before. What is
 * drawn or moved as a whole is freer: it may newly overlap zones with which it shares no border, and the preview says
 * so.
 */
function changed(
  before: Outlines,
  after: Outlines,
  { cut, free = false }: { cut?: string; free?: boolean } = {},
): Edited {
  const touched = [...after].filter(([key, outline]) => before.get(key) !== outline);
  for (const [, outline] of touched) {
    const fault = faultOf(outline);
    if (fault) return { outlines: null, fault };
  }
  const was = (key: string) => before.get(key) ?? (cut === undefined ? undefined : before.get(cut));
  for (const [key, outline] of touched) {
    for (const [other, beside] of after) {
      const [old, oldBeside] = [was(key), was(other)];
      if (other === key || !old || !oldBeside) continue;
      if (old !== oldBeside && free && !shareBorder(old, oldBeside)) continue;
      if (overlap(outline, beside) && (old === oldBeside || !overlap(old, oldBeside)))
        return { outlines: null, fault: { why: 'overlaps', at: nearestTo(outline, beside) } };
    }
  }
  return { outlines: after, fault: null };
}

function shareBorder(a: Outline, b: Outline): boolean {
  if (!boxesMeet(boundsOf(a), boundsOf(b))) return false;
  for (const at of positionsOf(a)) if (has(b, at)) return true;
  return false;
}

const nearestTo = (outline: Outline, beside: Outline): Position => {
  for (const at of positionsOf(outline)) if (has(beside, at)) return at;
  return outline[0]![0]![0]!;
};
