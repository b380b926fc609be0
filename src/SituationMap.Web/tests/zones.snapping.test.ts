import { describe, expect, it } from 'vitest';
import { outlineOf, type Position, positionAt } from '../src/zones/geometry/outline';
import { Plane } from '../src/zones/geometry/shapes';
import { snapped } from '../src/zones/geometry/snapping';

const corner = positionAt(124.05, 40.45);
const plane = new Plane(corner);
const at = (east: number, north: number): Position => plane.toPosition(east, north);
// 40 m by 30 m, its south-western corner at the origin
const house = outlineOf({ type: 'Polygon', coordinates: [[at(0, 0), at(40, 0), at(40, 30), at(0, 30), at(0, 0)]] });

describe('what a corner snaps to', () => {
  it('is the nearest corner within so many metres, then the nearest point of a side, else nothing', () => {
    expect(snapped(at(-2, -3), [house], 5)).toEqual(corner);
    expect(snapped(at(-4, -4), [house], 5)).toBeUndefined();
    expect(snapped(at(20, -3), [house], 5)).toEqual(at(20, 0));
    expect(snapped(at(20, -3), [house], 2)).toBeUndefined();
    expect(snapped(at(2, -1), [house], 5)).toEqual(corner);
    expect(snapped(at(0, 0), [house], 0)).toBeUndefined();
  });

  it('is not what the corner was taken up from, so that it can be moved by less', () => {
    expect(snapped(at(2, 1), [house], 5, corner)).toBeUndefined();
    // from the middle of a side: not that side either, but another corner
    expect(snapped(at(20, -2), [house], 5, at(20, 0))).toBeUndefined();
    expect(snapped(at(39, 1), [house], 5, at(20, 0))).toEqual(at(40, 0));
  });
});
