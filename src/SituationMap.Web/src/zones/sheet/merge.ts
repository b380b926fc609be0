import type { ZoneText } from '../api/client';
import { type Outline, outlineOf } from '../geometry/outline';
import { difference, intersection, union } from '../geometry/shapes';
import type { SheetZone } from './sheet';

/** What a zone says beside its outline. */
export const said = ['name', 'level', 'from', 'to', 'reason'] as const;
export type Said = Pick<SheetZone, (typeof said)[number]>;

/** Their side of a conflict as this sheet has zones. */
export const theirs = (text: ZoneText): Said & { outline: Outline } => ({
  name: text.name,
  level: text.level ?? '',
  from: text.from,
  to: text.to,
  reason: text.reason,
  outline: outlineOf(text.outline),
});

/**
 * What both changed of the same outline: added by either is in, removed by either is out. Without what both began with,
 * all that either has.
 */
export function mergedOutline(mine: Outline, their: Outline, base: Outline | null): Outline {
  if (base === null) return union([mine, their]);
  return union([intersection(mine, their), difference(mine, base), difference(their, base)]);
}

/** Of each thing, what was changed; mine where both changed it. */
export function mergedText(mine: Said, their: Said, base: ZoneText | null): Said {
  const keeps = (key: keyof Said) => base === null || !alike(key, mine[key], base[key]);
  const pick = <K extends keyof Said>(key: K): Said[K] => (keeps(key) ? mine : their)[key];
  return { name: pick('name'), level: pick('level'), from: pick('from'), to: pick('to'), reason: pick('reason') };
}

/** Where the two sides say something else. */
export const differing = (mine: Said, their: Said): (keyof Said)[] =>
  said.filter((key) => !alike(key, mine[key], their[key]));

const alike = (key: keyof Said, a: string | null, b: string | null): boolean =>
  a === b || ((key === 'from' || key === 'to') && a !== null && b !== null && Date.parse(a) === Date.parse(b));
