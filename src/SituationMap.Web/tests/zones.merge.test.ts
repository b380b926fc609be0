import { describe, expect, it } from 'vitest';
import { surface } from '../src/zones/geometry/measure';
import { type Outline, outlineOf } from '../src/zones/geometry/outline';
import { differing, mergedOutline, mergedText } from '../src/zones/sheet/merge';

const box = (west: number, south: number, east: number, north: number): Outline =>
  outlineOf({
    type: 'Polygon',
    coordinates: [
      [
        [west, south],
        [east, south],
        [east, north],
        [west, north],
        [west, south],
      ].map(([x, y]) => [124 + x! / 1000, 40 + y! / 1000]),
    ],
  });
const text = (name: string, level: string, from: string | null = null) => ({
  name,
  level,
  from,
  to: null,
  reason: 'A new case',
});

describe('what two persons made of the same zone', () => {
  it('has what either added and lacks what either removed', () => {
    // one takes the western half away, the other adds to the east
    const merged = mergedOutline(box(5, 0, 10, 10), box(0, 0, 14, 10), box(0, 0, 10, 10));
    expect(surface(merged)).toBeCloseTo(surface(box(5, 0, 14, 10)), 0);
    expect(surface(mergedOutline(box(0, 0, 5, 10), box(5, 0, 10, 10), null))).toBeCloseTo(
      surface(box(0, 0, 10, 10)),
      0,
    );
  });

  it('says what either changed, and mine where both did', () => {
    const base = { ...text('North', 'high'), outline: { type: 'Polygon' as const, coordinates: [] } };
    expect(mergedText(text('North', 'medium'), text('North block', 'high'), base)).toEqual(
      text('North block', 'medium'),
    );
    expect(mergedText(text('Mine', 'high'), text('Theirs', 'high'), base).name).toBe('Mine');
    // the same instant in two ways of writing it
    expect(
      differing(text('North', 'high', '2026-11-25T00:00:00Z'), text('North', 'low', '2026-11-25T08:00:00+08:00')),
    ).toEqual(['level']);
  });
});
