import { expect, it } from 'vitest';
import type { Change, Status } from '../src/api/types';
import { differing } from '../src/changes/difference';

let sequence = 0;
const change = (code: string, from: Status, to: Status): Change => ({
  sequence: ++sequence,
  at: '2026-02-10T09:00:00+08:00',
  kind: 'status',
  from,
  to,
  household: { id: 1, code, building: 'B-1', address: '', label: '', grid: '' },
  zone: null,
  bounds: null,
  acknowledged: null,
});

it('has each household once, from what it was before all to what it is', () => {
  const changes = [
    change('H-1', 'healthy', 'out'),
    change('H-2', 'healthy', 'observed'),
    change('H-1', 'out', 'quarantined'),
  ];

  const found = differing(changes.reverse());

  expect(found.map(({ household, from, to }) => [household?.code, from, to])).toEqual([
    ['H-1', 'healthy', 'quarantined'],
    ['H-2', 'healthy', 'observed'],
  ]);
});

it('leaves out what is again as it was', () => {
  expect(differing([change('H-1', 'observed', 'healthy'), change('H-1', 'healthy', 'observed')])).toEqual([]);
});
