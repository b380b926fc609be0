import { describe, expect, it } from 'vitest';
import type { PackedHome, WorkItem, WorkPack } from '../src/api/types';
import { type Door, isUndone, merged, nearest, nextDoor, openItems, toMeasure } from '../src/phone/round';
import type { Saved } from '../src/phone/store';

const noon = Date.parse('2026-02-10T12:00:00Z');
const hour = 3_600_000;
const asked = '2026-02-10T11:00:00.000Z';

const reading = (person: string): WorkItem => ({
  what: 'temperature',
  person,
  id: null,
  rule: 'temperature',
  state: 'due',
  from: '2026-02-10T10:00:00+00:00',
  due: '2026-02-10T13:00:00+00:00',
  late: '2026-02-10T13:00:00+00:00',
  critical: null,
  missing: 1,
  words: { 'zh-CN': '', en: '' },
});

const homeOf = (household: string, items: WorkItem[]): PackedHome => ({
  household,
  label: '101',
  status: 'observed',
  surveyed: true,
  until: null,
  members: ['P-1', 'P-2', 'P-3'],
  items,
});

const doorOf = (household: string, due: WorkItem[], at: [number, number] = [124, 40]): Door => ({
  home: homeOf(household, due),
  building: 'B-1',
  address: '',
  at,
});

const saved = (
  household: string,
  kind: string,
  person?: string,
  at = noon,
  refusal: Saved['refusal'] = null,
): Saved => ({
  fact: {
    id: `${household}${kind}${person}`,
    kind,
    household,
    at: new Date(at).toISOString(),
    source: 'person:a',
    data: {},
    ...(person ? { person } : {}),
  } as unknown as Saved['fact'],
  account: 'a',
  clock: '',
  place: '',
  sent: null,
  refusal,
});

describe('what is due at a home', () => {
  const home = homeOf('H-1', [reading('P-1'), reading('P-2')]);

  it('is due from its beginning to its end', () => {
    expect(openItems(home, [], asked, noon)).toHaveLength(2);
    expect(openItems(home, [], asked, noon - 3 * hour)).toEqual([]);
    expect(openItems(home, [], asked, noon + hour)).toEqual([]);
  });

  it('is done by what this phone reported of the same person in the same time, but not by what was refused', () => {
    const left = (one: Saved) => openItems(home, [one], asked, noon).map(({ person }) => person);
    expect(left(saved('H-1', 'temperature', 'P-1'))).toEqual(['P-2']);
    expect(left(saved('H-2', 'temperature', 'P-1'))).toEqual(['P-1', 'P-2']);
    expect(left(saved('H-1', 'test', 'P-1'))).toEqual(['P-1', 'P-2']);
    expect(left(saved('H-1', 'temperature', 'P-1', noon - 3 * hour))).toEqual(['P-1', 'P-2']);
    const refusal = { code: 'value-wrong', field: 'data.celsius', expected: '' };
    expect(left(saved('H-1', 'temperature', 'P-1', noon, refusal))).toEqual(['P-1', 'P-2']);
  });

  it('is not done twice by what the pack knows of already', () => {
    const twice = homeOf('H-1', [{ ...reading('P-1'), missing: 1 }]);
    const one = saved('H-1', 'temperature', 'P-1');
    expect(openItems(twice, [{ ...one, sent: '2026-02-10T10:59:00.000Z' }], asked, noon)).toHaveLength(1);
    expect(openItems(twice, [{ ...one, sent: '2026-02-10T11:01:00.000Z' }], asked, noon)).toEqual([]);
  });

  it('can be made up for where a rule asks for it', () => {
    const test = { ...reading('P-1'), what: 'test', rule: 'released' } as WorkItem;
    expect(openItems(homeOf('H-1', [test]), [], asked, noon + 5 * hour)).toHaveLength(1);
  });

  it('asks for the temperatures of those who owe one, and of everybody where nobody does', () => {
    expect(toMeasure(home, home.items)).toEqual(['P-1', 'P-2']);
    expect(toMeasure(home, [])).toEqual(['P-1', 'P-2', 'P-3']);
  });
});

describe('the way', () => {
  const doors = ['H-1', 'H-2', 'H-3'].map((code, index) => doorOf(code, [reading('P-1')], [124 + index, 40]));

  it('goes on after the household and begins anew at the end', () => {
    expect(nextDoor(doors, 'H-1', () => true)?.home.household).toBe('H-2');
    expect(nextDoor(doors, 'H-3', () => true)?.home.household).toBe('H-1');
    expect(nextDoor(doors, '', () => true)?.home.household).toBe('H-1');
    expect(nextDoor(doors, 'H-2', ({ home }) => home.household === 'H-2')).toBeNull();
  });

  it('leaves out for two hours where nobody was met', () => {
    const visit = saved('H-1', 'visit', undefined, noon - hour);
    expect(isUndone(doors[0]!, [visit], asked, noon)).toBe(false);
    expect(isUndone(doors[0]!, [saved('H-1', 'visit', undefined, noon - 3 * hour)], asked, noon)).toBe(true);
    expect(isUndone(doors[1]!, [visit], asked, noon)).toBe(true);
  });

  it('finds the nearest one', () => {
    expect(nearest(doors, 125.9, 40)?.home.household).toBe('H-3');
    expect(nearest([], 125.9, 40)).toBeNull();
  });
});

describe('a pack', () => {
  const packOf = (homes: PackedHome[], since: string | null = null): WorkPack => ({
    asOf: '',
    until: '',
    grid: 'G',
    name: '',
    timeZone: 'UTC',
    since,
    buildings: [homes.slice(0, 2), homes.slice(2)].map((inside, index) => ({
      building: `B-${index}`,
      address: '',
      bounds: [0, 0, 1, 1],
      homes: inside,
    })),
    kinds: [],
  });
  const homes = ['H-1', 'H-2', 'H-3', 'H-4'].map((one) => homeOf(one, []));

  it('is the new one where that is whole, or there was none', () => {
    const whole = packOf(homes.slice(1));
    expect(merged(packOf(homes), whole)).toEqual(whole);
    expect(merged(undefined, whole)).toEqual(whole);
  });

  it('is the whole one of now once any homes that have changed are put into it', () => {
    for (let changed = 0; changed < 2 ** homes.length; changed++) {
      const now = homes.map((home, at) => (changed & (1 << at) ? { ...home, items: [reading('P-1')] } : home));
      const changes = packOf(now, 'tag');
      for (const building of changes.buildings) building.homes = building.homes.filter(({ items }) => items.length > 0);
      changes.buildings = changes.buildings.filter(({ homes }) => homes.length > 0);
      expect(merged(packOf(homes), changes)).toEqual(packOf(now));
    }
  });
});
