import { expect, it } from 'vitest';
import type { BuildingWork } from '../src/api/types';
import { joined } from '../src/work/list';

const building = (code: string, ...households: string[]) =>
  ({ building: code, households: households.map((household) => ({ household })) }) as unknown as BuildingWork;

it('puts a building that a page ended within together again', () => {
  expect(joined([building('A', '1'), building('B', '2', '3')], [building('B', '4'), building('C', '5')])).toEqual([
    building('A', '1'),
    building('B', '2', '3', '4'),
    building('C', '5'),
  ]);
});

it('leaves pages that end with a building as they are', () => {
  expect(joined([building('A', '1')], [building('B', '2')])).toEqual([building('A', '1'), building('B', '2')]);
  expect(joined([], [building('B', '2')])).toEqual([building('B', '2')]);
});
