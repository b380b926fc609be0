import { describe, expect, it } from 'vitest';
import type { GridWork } from '../src/api/types';
import { narrowed } from '../src/work/progress';

const row = (grid: string, parent: string | null): GridWork => ({
  grid,
  parent,
  level: 'grid',
  households: 0,
  due: 0,
  late: 0,
  critical: 0,
  done: 0,
});
const shown = (...rows: GridWork[]): string[] => narrowed(rows).map(({ grid }) => grid);

describe('the progress of a round', () => {
  it('is told of the grid asked for and of those next below', () => {
    expect(shown(row('1', null), row('1-1', '1'), row('1-1-1', '1-1'), row('1-2', '1'))).toEqual(['1', '1-1', '1-2']);
  });

  it('leaves out what has one grid below, whose sums are the same', () => {
    expect(shown(row('1', null), row('1-1', '1'), row('1-1-1', '1-1'), row('1-1-2', '1-1'))).toEqual([
      '1-1',
      '1-1-1',
      '1-1-2',
    ]);
  });

  it('is told of one grid with none below', () => {
    expect(shown(row('1-1', '1'))).toEqual(['1-1']);
  });

  it('is told of each grid that somebody has', () => {
    expect(shown(row('1-1', '1'), row('2-1', '2'), row('2-1-1', '2-1'))).toEqual(['1-1', '2-1']);
  });
});
