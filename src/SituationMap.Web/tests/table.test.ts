import { describe, expect, it } from 'vitest';
import { listing, lookingSo, read, sortedBy, toggled, withCondition, written } from '../src/table/conditions';

describe('a list in the address', () => {
  it('is read as it was written', () => {
    const list = {
      conditions: { grid: '210682-004', status: 'quarantined,observed', sinceTo: '2026-02-01T00:00:00.000Z' },
      sort: '-since',
      columns: ['address', 'let'] as const,
    };
    expect(written(list)).toBe(
      'grid:210682-004;status:quarantined,observed;sinceTo:2026-02-01T00:00:00.000Z;sort:-since;columns:address,let',
    );
    expect(read(written(list))).toEqual(list);
    expect(read(written(listing({})))).toEqual(listing({}));
  });

  it('is none where there is none, and leaves out what nobody knows', () => {
    expect(read(null)).toBeNull();
    expect(read('')).toEqual(listing({}));
    expect(read('grid:1;colour:red;status:;sort:name;columns:nothing,let')).toEqual({
      conditions: { grid: '1' },
      sort: 'address',
      columns: ['let'],
    });
  });
});

describe('a list', () => {
  it('is sorted in the other direction when it is sorted again', () => {
    const once = sortedBy(listing({}), 'since');
    expect([once.sort, sortedBy(once, 'since').sort, sortedBy(sortedBy(once, 'since'), 'since').sort]).toEqual([
      'since',
      '-since',
      'since',
    ]);
  });

  it('takes statuses in and out, and without any means all', () => {
    const two = toggled(toggled(listing({}), 'out'), 'quarantined');
    expect(two.conditions.status).toBe('quarantined,out');
    expect(toggled(toggled(two, 'out'), 'quarantined').conditions).toEqual({});
  });

  it('drops a condition that is emptied', () => {
    const list = withCondition(listing(lookingSo('unvisited')), 'overdue', 'test');
    expect(list.conditions).toEqual({ status: 'healthy', surveyed: 'false', overdue: 'test' });
    expect(withCondition(list, 'overdue', '').conditions).toEqual({ status: 'healthy', surveyed: 'false' });
  });
});
