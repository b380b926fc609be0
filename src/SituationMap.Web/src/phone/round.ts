import type { PackedHome, WorkItem, WorkPack } from '../api/types';
import type { Saved } from '../offline/store';

/** A home with where it is. */
export interface Door {
  home: PackedHome;
  building: string;
  address: string;
  /** Lon, lat of the middle of the building. */
  at: [number, number];
}

/** All doors in walking order. */
export const doorsOf = (pack: WorkPack): Door[] =>
  pack.buildings.flatMap(({ building, address, bounds, homes }) =>
    homes.map((home) => ({
      home,
      building,
      address,
      at: [(bounds[0]! + bounds[2]!) / 2, (bounds[1]! + bounds[3]!) / 2] as [number, number],
    })),
  );

/** A pack as it is now: what had changed in it since it was asked for last is put into the one that is there. */
export function merged(had: WorkPack | undefined, { buildings, ...head }: WorkPack): WorkPack {
  if (had === undefined || head.since === null) return { ...head, buildings };
  const changed = new Map(buildings.flatMap(({ homes }) => homes.map((home) => [home.household, home] as const)));
  return {
    ...head,
    since: null,
    buildings: had.buildings.map(({ homes, ...building }) => ({
      ...building,
      homes: homes.map((home) => changed.get(home.household) ?? home),
    })),
  };
}

export const placeOf = ({ address, home }: Door): string => `${address} ${home.label}`;

/**
 * What is to be done at a home at an instant (ms since 1970), without what this phone has reported since the pack was asked for.
 * @param asked when it was, by the phone's clock
 */
export function openItems(
  { household, items }: PackedHome,
  saved: readonly Saved[],
  asked: string,
  now: number,
): WorkItem[] {
  const own = saved.filter(
    ({ fact, refusal, sent }) => fact.household === household && refusal === null && (sent === null || sent > asked),
  );
  return items.filter(
    (item) =>
      Date.parse(item.from) <= now &&
      (!isOfItsTime(item) || Date.parse(item.due) > now) &&
      own.filter(({ fact }) => does(fact, item)).length < item.missing,
  );
}

/** A test can be made up for, a reading cannot. */
const isOfItsTime = ({ what }: WorkItem): boolean => what === 'temperature';

function does({ kind, person, at, data }: Saved['fact'], item: WorkItem): boolean {
  const { what, person: whose, from, due } = item;
  return (
    kind === what &&
    (whose === null || person === undefined || person === null || person === whose) &&
    at >= new Date(from).toISOString() &&
    (!isOfItsTime(item) || at < new Date(due).toISOString()) &&
    // who was not met is still to be visited
    (data as { outcome?: string }).outcome !== 'nobody'
  );
}

/** The members whose temperature is due now; everybody where nobody's is. */
export function toMeasure({ members }: PackedHome, open: readonly WorkItem[]): string[] {
  const due = open.filter(({ what }) => what === 'temperature');
  return due.length === 0 || due.some(({ person }) => person === null)
    ? [...members]
    : members.filter((member) => due.some(({ person }) => person === member));
}

/** The last visit of today on which nobody could be reported of. */
export const lastVisit = ({ household }: PackedHome, saved: readonly Saved[]): Saved | undefined =>
  saved.findLast(({ fact, refusal }) => fact.household === household && fact.kind === 'visit' && refusal === null);

/** Whether somebody has to go there, and has not been there just now. */
export function isUndone({ home }: Door, saved: readonly Saved[], asked: string, now: number): boolean {
  if (openItems(home, saved, asked, now).length === 0) return false;
  const visit = lastVisit(home, saved);
  return visit === undefined || Date.parse(visit.fact.at) < now - afterwards;
}

const afterwards = 2 * 3_600_000; // ms; whoever was not met is gone to again

/** When it is tried again where nobody was met. */
export const callBackAt = (now: number): string => new Date(now + afterwards).toISOString();

/** The next door where something is to be done, after that of a household and then from the beginning; null: none is. */
export function nextDoor(doors: readonly Door[], household: string, isOpen: (door: Door) => boolean): Door | null {
  const here = doors.findIndex(({ home }) => home.household === household);
  return [...doors.slice(here + 1), ...doors.slice(0, Math.max(here, 0))].find(isOpen) ?? null;
}

/** The nearest door of these; distances within a grid need no sphere. */
export function nearest(doors: readonly Door[], longitude: number, latitude: number): Door | null {
  const narrower = Math.cos((latitude * Math.PI) / 180);
  const distance = ({ at: [lon, lat] }: Door) => Math.hypot((lon - longitude) * narrower, lat - latitude);
  return doors.reduce<Door | null>(
    (best, door) => (best === null || distance(door) < distance(best) ? door : best),
    null,
  );
}
