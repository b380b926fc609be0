import { describe, expect, it } from 'vitest';
import {
  add,
  cutOut,
  type Edited,
  insertCorner,
  joined,
  merge,
  moveCorner,
  type Outlines,
  removeCorner,
  split,
} from '../src/zones/geometry/borders';
import {
  lattice,
  type Outline,
  type Position,
  positionAt,
  positionsOf,
  type Ring,
  ringsOf,
} from '../src/zones/geometry/outline';
import { circle, faultOf, overlap } from '../src/zones/geometry/shapes';
import { History } from '../src/zones/sheet/history';
import { emptySheet, outlinesOf, type SheetZone, withOutlines, withZones } from '../src/zones/sheet/sheet';

const west = 124.05;
const south = 40.45;
const side = 0.001;

const zone = (key: string, outline: Outline): SheetZone => ({
  key,
  code: key,
  name: key,
  level: 'high',
  from: null,
  to: null,
  reason: '',
  outline,
  base: outline,
  etag: null,
});

/** Four by four zones that share all inner borders. */
function city(): Outlines {
  const at = (i: number, j: number) => positionAt(west + i * side, south + j * side);
  return new Map(
    Array.from({ length: 16 }, (_, n) => {
      const [i, j] = [n % 4, Math.floor(n / 4)];
      return [`Z${String(n).padStart(2, '0')}`, [[[at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1), at(i, j)]]]];
    }),
  );
}

/** The same numbers for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const whole = (degrees: number): bigint => BigInt(Math.round(degrees * lattice));

/** Twice the surface a ring goes around, exactly. */
const twice = (ring: Ring): bigint =>
  ring
    .slice(0, -1)
    .reduce((sum, [x, y], i) => sum + whole(x) * whole(ring[i + 1]![1]) - whole(ring[i + 1]![0]) * whole(y), 0n);

const absolute = (n: bigint): bigint => (n < 0n ? -n : n);

const surfaceOf = (outline: Outline): bigint =>
  outline.reduce(
    (sum, [shell, ...holes]) =>
      sum + absolute(twice(shell!)) - holes.reduce((all, hole) => all + absolute(twice(hole)), 0n),
    0n,
  );

/** What goes around all outlines together: the sides that no two of them share, which must close to one ring. */
function around(outlines: Outlines): { rings: number; surface: bigint } {
  const sides = new Map<string, [Position, Position]>();
  for (const outline of outlines.values()) {
    for (const part of outline) {
      for (const [n, ring] of part.entries()) {
        // shells one way round, holes the other
        const turned = twice(ring) > 0n === (n === 0) ? ring : [...ring].reverse();
        for (let i = 0; i + 1 < turned.length; i++) {
          const back = `${turned[i + 1]}|${turned[i]}`;
          if (sides.has(back)) sides.delete(back);
          else sides.set(`${turned[i]}|${turned[i + 1]}`, [turned[i]!, turned[i + 1]!]);
        }
      }
    }
  }
  const next = new Map([...sides.values()].map(([from, to]) => [String(from), to]));
  let [rings, surface] = [0, 0n];
  for (const [start] of next) {
    if (!next.has(start)) continue;
    const ring: Position[] = [start.split(',').map(Number) as Position];
    for (let at = start; next.has(at); ) {
      const to = next.get(at)!;
      next.delete(at);
      ring.push(to);
      at = String(to);
    }
    rings++;
    surface += twice(ring);
  }
  return { rings, surface };
}

describe('editing along shared borders', () => {
  it('leaves no gap, no overlap and no invalid outline in 1,000 random edits, and every one is undone to the byte', () => {
    const chance = random(20200205);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(chance() * from.length)]!;
    const history = new History(emptySheet);
    history.do(
      'open',
      withZones(
        emptySheet,
        [...city()].map(([key, outline]) => zone(key, outline)),
      ),
    );
    const bytes = [JSON.stringify(history.sheet)];
    const done: Record<string, number> = {};
    let refused = 0;
    let made = 0;
    while (bytes.length <= 1_000) {
      const outlines = outlinesOf(history.sheet);
      const keys = [...outlines.keys()];
      const key = pick(keys);
      const ring = pick([...ringsOf(outlines.get(key)!)]);
      const i = Math.floor(chance() * (ring.length - 1));
      const near = ([lon, lat]: Position, by: number) =>
        positionAt(lon + (chance() - 0.5) * by, lat + (chance() - 0.5) * by);
      let kind = pick(['move', 'move', 'move', 'insert', 'insert', 'remove', 'split', 'merge', 'cut']);
      let edited: Edited;
      if (kind === 'move') edited = moveCorner(outlines, ring[i]!, near(ring[i]!, side * 0.6));
      else if (kind === 'insert') {
        const [a, b] = [ring[i]!, ring[i + 1]!];
        edited = insertCorner(outlines, [a, b], near([(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], side * 0.2));
      } else if (kind === 'remove') edited = removeCorner(outlines, ring[i]!);
      else if (kind === 'split' && keys.length < 24) {
        const [lon, lat] = ring[i]!;
        const far = positionAt(lon + (chance() - 0.5) * 4 * side, lat + (chance() - 0.5) * 4 * side);
        edited = split(
          outlines,
          key,
          [positionAt(2 * lon - far[0], 2 * lat - far[1]), far],
          () => `N${String(++made).padStart(4, '0')}`,
        );
      } else if (kind === 'merge' && keys.length > 12)
        edited = merge(outlines, key, pick(keys.filter((other) => other !== key)));
      else {
        // a hole and what fills it: no gap
        kind = 'fill';
        const hole = circle(
          near([(ring[0]![0] + ring[2]![0]) / 2, (ring[0]![1] + ring[2]![1]) / 2], side * 0.1),
          3 + chance() * 6,
        );
        const cut = cutOut(outlines, key, hole);
        edited =
          cut.outlines === null || surfaceOf(outlines.get(key)!) - surfaceOf(cut.outlines.get(key)!) !== surfaceOf(hole)
            ? { outlines: null, fault: { why: 'nothing', at: ring[0]! } }
            : add(cut.outlines, key, hole);
      }
      if (edited.outlines === null) {
        refused++;
        expect(JSON.stringify(history.sheet)).toBe(bytes[bytes.length - 1]);
        continue;
      }
      history.do(
        kind,
        withOutlines(history.sheet, edited.outlines, (fresh) => zone(fresh, [])),
      );
      const now = JSON.stringify(history.sheet);
      if (now === bytes[bytes.length - 1]) {
        history.undo();
        continue;
      }
      done[kind] = (done[kind] ?? 0) + 1;
      bytes.push(now);

      const after = outlinesOf(history.sheet);
      for (const [one, outline] of after) {
        if (outline === outlines.get(one)) continue;
        expect(faultOf(outline), `${kind} ${one}`).toBeNull();
        for (const [other, beside] of after)
          if (other !== one) expect(overlap(outline, beside), `${kind}: ${one} over ${other}`).toBe(false);
      }
      const border = around(after);
      expect(border.rings, `gap after ${kind}`).toBe(1);
      expect(
        [...after.values()].reduce((sum, outline) => sum + surfaceOf(outline), 0n),
        kind,
      ).toBe(border.surface);
    }
    for (const kind of ['move', 'insert', 'remove', 'split', 'merge'])
      expect(done[kind] ?? 0, `${kind} ${JSON.stringify(done)}, ${refused} refused`).toBeGreaterThan(20);

    for (let i = bytes.length - 1; i > 0; i--) {
      expect(JSON.stringify(history.sheet)).toBe(bytes[i]);
      history.undo();
      expect(JSON.stringify(history.sheet)).toBe(bytes[i - 1]);
    }
    for (let i = 1; i < bytes.length; i++) history.redo();
    expect(JSON.stringify(history.sheet)).toBe(bytes[bytes.length - 1]);
  }, 180_000);

  it("makes a corner on a neighbour's side a corner of the neighbour", () => {
    const outlines = city();
    const middle = positionAt(west + side, south + side / 2);
    const moved = insertCorner(
      outlines,
      [positionAt(west + side, south), positionAt(west + side, south + side)],
      middle,
    ).outlines!;
    expect([...positionsOf(moved.get('Z00')!)]).toContainEqual(middle);
    expect([...positionsOf(moved.get('Z01')!)]).toContainEqual(middle);
    const single = joined(
      new Map([
        ['a', outlines.get('Z00')!],
        ['b', [[[middle, positionAt(west + 2 * side, south), positionAt(west + 2 * side, south + side), middle]]]],
      ]),
    );
    expect([...positionsOf(single.get('a')!)]).toContainEqual(middle);
  });

  it('refuses to take out a corner where three borders meet, and to push a border over a neighbour', () => {
    const outlines = city();
    expect(removeCorner(outlines, positionAt(west + side, south + side)).fault?.why).toBe('junction');
    expect(
      moveCorner(outlines, positionAt(west + side, south + side), positionAt(west + 2.5 * side, south + 0.5 * side))
        .fault,
    ).not.toBeNull();
    expect(
      moveCorner(outlines, positionAt(west + side, south), positionAt(west + side, south + 2 * side), 'Z00').fault,
    ).not.toBeNull();
  });
});
