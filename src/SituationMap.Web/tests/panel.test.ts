import { describe, expect, it } from 'vitest';
import type { MatrixCell } from '../src/api/types';
import { selectionIn, withSelection } from '../src/frame/address';
import { push } from '../src/map/selection';
import { exceptions, layOut, storeysOf, tallyOf } from '../src/panel/floors';

const cell = (floor: number, unit: number, room: number, doors = 1): MatrixCell => ({
  floor,
  unit,
  room,
  doors,
  household: `H-${unit}-${floor}0${room}`,
  id: floor * 100 + unit * 10 + room,
  label: `${unit}-${floor}0${room}`,
  status: 'healthy',
  surveyed: true,
  persons: 2,
});

describe('the building matrix', () => {
  it('has the top floor first and the doors of each entrance side by side', () => {
    const layout = layOut([cell(1, 1, 1), cell(1, 2, 1), cell(10, 1, 2), cell(2, 2, 3), cell(-1, 1, 1)]);
    expect(layout.floors).toEqual([10, 2, 1, -1]);
    expect(layout.columns).toEqual([
      { unit: 1, room: 1 },
      { unit: 1, room: 2 },
      { unit: 2, room: 1 },
      { unit: 2, room: 3 },
    ]);
    expect(layout.rows[0]!.map((one) => one?.label)).toEqual([undefined, '1-1002', undefined, undefined]);
  });

  it('has a home of several doors in all of their columns, and whoever begins at one of them where he does', () => {
    const layout = layOut([cell(1, 1, 1, 2), cell(1, 1, 3), cell(2, 1, 1, 3), cell(2, 1, 3)]);
    expect(layout.columns.map(({ room }) => room)).toEqual([1, 2, 3]);
    expect(layout.rows.map((row) => row.map((one) => one?.label))).toEqual([
      ['1-201', '1-201', '1-203'],
      ['1-101', '1-101', '1-103'],
    ]);
  });

  it('lays out a tower of 34 floors, 6 entrances and 4 doors', () => {
    const cells = Array.from({ length: 34 * 6 * 4 }, (_, i) =>
      cell(1 + Math.floor(i / 24), 1 + Math.floor((i % 24) / 4), 1 + (i % 4)),
    );
    const layout = layOut(cells);
    expect(layout.rows.flat().filter((one) => one).length).toBe(816);
  });

  it('folds runs of floors on which all are healthy, and takes nobody for healthy whom nobody has visited', () => {
    const cells = Array.from({ length: 60 }, (_, floor) => cell(floor + 1, 1, 1, 2));
    cells[32] = { ...cells[32]!, status: 'quarantined' };
    cells[39] = { ...cells[39]!, surveyed: false };
    const layout = layOut(cells);
    expect(tallyOf(cells)).toEqual({ healthy: 58, quarantined: 1, unvisited: 1 });
    expect(tallyOf(layout.rows.flat())).toEqual(tallyOf(cells));
    expect(exceptions(tallyOf(cells))).toEqual(['quarantined', 'unvisited']);
    expect(storeysOf(layout, false).length).toBe(60);
    expect(storeysOf(layout, true).map(({ bottom, top, isFolded }) => [bottom, top, isFolded])).toEqual([
      [41, 60, true],
      [40, 40, false],
      [34, 39, true],
      [33, 33, false],
      [1, 32, true],
    ]);
  });
});

describe('the address', () => {
  it('keeps the view when the selection changes', () => {
    const hash = withSelection('#map=16/40.45/124.05', { building: 'B-0012', household: 'H-01-0003' });
    expect(hash).toBe('#map=16/40.45/124.05&building=B-0012&household=H-01-0003');
    expect(selectionIn(hash)).toEqual({ building: 'B-0012', household: 'H-01-0003' });
    expect(withSelection(hash, null)).toBe('#map=16/40.45/124.05');
    expect(selectionIn('#map=16/40.45/124.05')).toBeNull();
  });

  it('survives codes with any characters', () => {
    const selection = { building: '楼 1/2&3=4', household: null };
    expect(selectionIn(withSelection('', selection))).toEqual(selection);
    expect(selectionIn('#building=%E6%A5')).toEqual({ building: '%E6%A5', household: null });
  });
});

describe('keeping the selection visible', () => {
  it('moves just as far as needed, and its start stays in sight when it does not fit', () => {
    expect(push(100, 150, 50, 400)).toBe(0);
    expect(push(20, 60, 50, 400)).toBe(30);
    expect(push(380, 460, 50, 400)).toBe(-60);
    expect(push(60, 900, 50, 400)).toBe(-10);
  });
});
