import { boundsOf, type Outline, type Position, ringsOf, same } from './outline';
import { Plane } from './shapes';

/** Metres within which something lies where a corner was taken up: what it was part of already. */
const there = 0.05;

/**
 * Where a corner snaps to: the nearest corner of other outlines within so many metres, else the nearest point on one of
 * their sides.
 * @param from where the corner was taken up: what lies there already does not hold it back; null: it is a new one
 */
export function snapped(
  at: Position,
  outlines: Iterable<Outline>,
  metres: number,
  from: Position | null = null,
): Position | undefined {
  if (metres <= 0) return undefined;
  const plane = new Plane(at);
  const start = from === null ? null : plane.toMetres(from);
  const [west, south] = plane.toPosition(-metres, -metres);
  const [east, north] = plane.toPosition(metres, metres);
  let corner: { at: Position; away: number } | undefined;
  let side: { at: Position; away: number } | undefined;
  for (const outline of outlines) {
    const [left, bottom, right, top] = boundsOf(outline);
    if (left > east || right < west || bottom > north || top < south) continue;
    for (const ring of ringsOf(outline)) {
      for (let i = 0; i + 1 < ring.length; i++) {
        const [a, b] = [plane.toMetres(ring[i]!), plane.toMetres(ring[i + 1]!)];
        const away = Math.hypot(...a);
        if (away <= metres && away < (corner?.away ?? Infinity) && !(from !== null && same(ring[i]!, from)))
          corner = { at: ring[i]!, away };
        if (corner !== undefined) continue;
        const [x, y] = nearestOn(a, b, [0, 0]);
        const beside = Math.hypot(x, y);
        if (beside > metres || beside >= (side?.away ?? Infinity)) continue;
        if (start !== null) {
          const on = nearestOn(a, b, start);
          if (Math.hypot(on[0] - start[0], on[1] - start[1]) <= there) continue;
        }
        side = { at: plane.toPosition(x, y), away: beside };
      }
    }
  }
  return (corner ?? side)?.at;
}

type Point = [x: number, y: number];

function nearestOn(a: Point, b: Point, to: Point): Point {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((to[0] - a[0]) * dx + (to[1] - a[1]) * dy) / length));
  return [a[0] + along * dx, a[1] + along * dy];
}
