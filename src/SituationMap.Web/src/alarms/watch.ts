import { computed, signal } from '@preact/signals';
import { api } from '../api/client';
import type { Change } from '../api/types';
import { acknowledged } from '../changes/acknowledging';
import type { SessionParts } from '../frame/parts';
import { Emitter } from '../ui/emitter';
import { throttle } from '../ui/throttle';
import {
  type Counted,
  countOf,
  isOfChanges,
  merged,
  queryOf,
  type Rule,
  rememberedRules,
  rememberRules,
} from './rules';

const back = 24 * 3_600_000; // ms
/** Of each rule the latest. */
export const most = 100;
const retry = 5_000; // ms
const countsEvery = 2_000; // ms
const timeEvery = 60_000; // ms; a reading becomes late with nothing happening

/** A count that a rule waits for, and that is reached. */
export interface Reached {
  rule: Rule;
  count: number;
}

/** What calls: changes that match a rule, and counts that are reached, since the time before. */
export interface Call {
  changes: readonly Change[];
  reached: readonly Reached[];
  sound: boolean;
  desktop: boolean;
}

/**
 * What the rules of whoever is at the page are met by, and nobody has acknowledged. It is of the present, also while the page shows the
 * past, and while nobody sees the page.
 */
export class AlarmWatch {
  readonly rules = signal<readonly Rule[]>([]);
  /** Newest first. */
  readonly changes = signal<readonly Change[]>([]);
  readonly reached = signal<readonly Reached[]>([]);
  readonly failed = signal(false);
  /** Whether a rule has more than are listed. */
  readonly hasMore = signal(false);
  readonly count = computed(() => this.changes.value.length + this.reached.value.length);
  readonly called = new Emitter<Call>();
  readonly #look: () => void;
  readonly #lookAtCounts: () => void;
  /** Up to which sequence what matches is known. */
  #known: number;
  /** Whether what is found next is only listed. */
  #silent = false;
  /** Which counts were reached when they were looked at last; undefined: not yet looked at. */
  readonly #were = new Map<string, boolean>();

  constructor(private readonly viewer: SessionParts) {
    const { feed, session, coveredArea } = viewer;
    this.#known = coveredArea.sequence;
    this.rules.value = rememberedRules(session.name);
    this.#look = throttle(
      150,
      () => this.#lookForChanges(),
      () => 1_000,
    );
    this.#lookAtCounts = throttle(
      150,
      () => this.#count(),
      () => countsEvery,
    );
    const all = () => {
      this.#look();
      this.#lookAtCounts();
    };
    feed.status.on(({ households }) => {
      if (this.#ofChanges.some((rule) => households.some(({ status }) => status === rule.status))) this.#look();
      this.#lookAtCounts();
    });
    feed.covered.on(this.#lookAtCounts);
    feed.zone.on(() => this.#ofChanges.some(({ what }) => what === 'zone') && this.#look());
    feed.again.on(all);
    feed.acknowledged.on((them) => {
      this.changes.value = acknowledged(this.changes.peek(), them).filter((change) => !change.acknowledged);
      this.#look(); // an answer on its way may not know of it
    });
    setInterval(all, timeEvery);
    all();
  }

  /** The same rules, that call in another way. */
  choose(rules: readonly Rule[]): void {
    this.rules.value = rules;
    rememberRules(this.viewer.session.name, rules);
  }

  /** Other rules: what matches them already is listed, and does not call. */
  change(rules: readonly Rule[]): void {
    this.choose(rules);
    this.#silent = true;
    this.#were.clear();
    this.#look();
    this.#lookAtCounts();
  }

  /** A count that is reached is one's own: it is told again once it has been below. */
  note({ rule }: Reached): void {
    this.#with(rule.id, { noted: true });
    this.reached.value = this.reached.peek().filter((one) => one.rule.id !== rule.id);
  }

  get #ofChanges(): readonly Rule[] {
    return this.rules.peek().filter(isOfChanges);
  }

  async #lookForChanges(): Promise<void> {
    const [rules, silent] = [this.#ofChanges, this.#silent];
    this.#silent = false;
    const from = new Date(Date.now() + (this.viewer.time.ahead ?? 0) - back).toISOString();
    try {
      const pages = await Promise.all(
        rules.map((rule) => api.changes({ from, acknowledged: 'false', limit: String(most), ...queryOf(rule) })),
      );
      this.failed.value = false;
      this.hasMore.value = pages.some(({ next }) => next !== null);
      this.changes.value = merged(pages.map(({ changes }) => changes));
      const known = this.#known;
      const isNew = ({ sequence }: Change) => sequence > known;
      this.#known = Math.max(known, this.changes.peek()[0]?.sequence ?? 0);
      if (silent) return;
      this.#call(
        rules.filter((_, index) => pages[index]!.changes.some(isNew)),
        this.changes.peek().filter(isNew),
        [],
      );
    } catch {
      this.#silent ||= silent;
      this.failed.value = true;
      setTimeout(this.#look, retry);
    }
  }

  async #count(): Promise<void> {
    const rules = this.rules.peek().filter((rule) => !isOfChanges(rule));
    const whole = this.viewer.coveredArea.grid;
    if (whole === null) return;
    const grids = [...new Set(rules.map(({ grid }) => grid ?? whole))];
    const asksForGaps = (grid: string) => rules.some((rule) => rule.what === 'gap' && (rule.grid ?? whole) === grid);
    let counted: Map<string, Counted>;
    try {
      counted = new Map(
        await Promise.all(
          grids.map(async (grid) => {
            const [summary, gaps] = await Promise.all([
              api.summary(grid, {}),
              asksForGaps(grid) ? api.gaps(grid) : null,
            ]);
            return [grid, { summary, gaps: gaps?.posts.length ?? null }] as const;
          }),
        ),
      );
    } catch {
      return; // they are looked at again before long
    }
    const begun: Reached[] = [];
    const reached: Reached[] = [];
    for (const rule of rules) {
      const count = countOf(rule, counted.get(rule.grid ?? whole)!);
      const isReached = count >= rule.least;
      if (!isReached && rule.noted) this.#with(rule.id, { noted: false });
      if (isReached && !rule.noted) {
        reached.push({ rule, count });
        if (this.#were.get(rule.id) === false) begun.push({ rule, count });
      }
      this.#were.set(rule.id, isReached);
    }
    this.reached.value = reached;
    this.#call(
      begun.map(({ rule }) => rule),
      [],
      begun,
    );
  }

  #call(rules: readonly Rule[], changes: readonly Change[], reached: readonly Reached[]): void {
    if (rules.length === 0) return;
    const [sound, desktop] = [rules.some((rule) => rule.sound), rules.some((rule) => rule.desktop)];
    this.called.emit({ changes, reached, sound, desktop });
  }

  #with(id: string, values: Partial<Rule>): void {
    this.choose(this.rules.peek().map((rule) => (rule.id === id ? { ...rule, ...values } : rule)));
  }
}
