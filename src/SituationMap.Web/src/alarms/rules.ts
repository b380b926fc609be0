import { type Change, type GridSummary, type Status, statuses } from '../api/types';
import type { Translator } from '../i18n/messages';

/** What a rule is about: a change of a household or a zone, or a count that is reached, of households or of posts with a gap. */
export const whats = ['status', 'zone', 'count', 'overdue', 'gap'] as const;
export type What = (typeof whats)[number];

/** What a person wants to be told of, where, and how it calls; the number in the title is always there. */
export interface Rule {
  id: string;
  what: What;
  /** Of `status` and `count`. */
  status: Status;
  /** The code of a grid, for it and all below; null: everywhere. */
  grid: string | null;
  /** Of counts: from how many households on, or posts. */
  least: number;
  sound: boolean;
  desktop: boolean;
  /** Of counts: it was acknowledged, and has not been below since. */
  noted?: boolean;
}

/** What is told before anybody has said anything: a confirmed case, which quarantines its household. */
const unasked: readonly Rule[] = [
  { id: 'case', what: 'status', status: 'quarantined', grid: null, least: 1, sound: false, desktop: false },
];

/** Rules are of an account in this browser, as bookmarks are of the browser. */
const keyOf = (account: string | null) => `situationmap.alarms.${account ?? ''}`;

export function rememberedRules(account: string | null): readonly Rule[] {
  try {
    const rules: unknown = JSON.parse(localStorage.getItem(keyOf(account)) ?? 'null');
    return Array.isArray(rules) ? rules.filter(isRule) : unasked;
  } catch {
    return unasked;
  }
}

export function rememberRules(account: string | null, rules: readonly Rule[]): void {
  try {
    localStorage.setItem(keyOf(account), JSON.stringify(rules));
  } catch {
    // where nothing may be kept, they hold as long as the page is open
  }
}

export const isOfChanges = ({ what }: Rule): boolean => what === 'status' || what === 'zone';

/** Of such changes as the API is asked for. */
export const queryOf = ({ what, status, grid }: Rule): Record<string, string> => ({
  ...(what === 'zone' ? { kind: 'zone' } : { status }),
  ...(grid && { grid }),
});

/** What the counts of a grid are taken from. */
export interface Counted {
  summary: GridSummary;
  /** How many posts have a gap; null: no rule asks. */
  gaps: number | null;
}

/** How many households or posts a rule counts. */
export const countOf = ({ what, status }: Rule, { summary, gaps }: Counted): number =>
  what === 'gap' ? (gaps ?? 0) : what === 'overdue' ? (summary.overdue ?? 0) : summary[status];

/** Those of two lists, each once, newest first. */
export const merged = (lists: readonly (readonly Change[])[]): readonly Change[] =>
  [...new Map(lists.flat().map((change) => [change.sequence, change])).values()].sort(
    (one, other) => other.sequence - one.sequence,
  );

/** A rule as a sentence. */
export function inWords({ what, status, least, grid }: Rule, t: Translator, nameOf: (grid: string) => string): string {
  const rule = t(`alarms.rule.${what}`, { status: t(`status.${status}`), least });
  return grid === null ? rule : t('alarms.rule.in', { rule, grid: nameOf(grid) });
}

const isRule = (value: unknown): value is Rule => {
  const rule = value as Rule | null;
  return (
    typeof rule?.id === 'string' &&
    whats.includes(rule.what) &&
    statuses.includes(rule.status) &&
    (rule.grid === null || typeof rule.grid === 'string') &&
    rule.least >= 1
  );
};
