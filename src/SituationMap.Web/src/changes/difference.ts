import { signal } from '@preact/signals';
import { api } from '../api/client';
import type { Change, ChangesPage } from '../api/types';
import type { SessionParts } from '../frame/parts';
import { throttle } from '../ui/throttle';
import type { Span } from './list';

const pageSize = 1_000;
const mostPages = 5;
const every = 60_000; // ms; what happened longer ago leaves by itself

/**
 * In what the map differs from how it was some hours before the time that the page shows: of each household and zone the newest change,
 * unless it is again as it was. At the present it follows the feed.
 */
export class Difference {
  /** How far back; null: nothing is compared. */
  readonly hours = signal<Span | null>(null);
  readonly changes = signal<readonly Change[]>([]);
  readonly state = signal<'loading' | 'failed' | 'ready'>('loading');
  /** Whether there is more than can be looked at; what is left out is the earliest. */
  readonly isCut = signal(false);
  #all: readonly Change[] = [];
  #asked = 0;

  constructor(private readonly viewer: SessionParts) {
    const { feed, time } = viewer;
    const follow = throttle(
      250,
      () => this.#follow(),
      () => 1_000,
    );
    for (const happens of [feed.status, feed.zone, feed.again])
      happens.on(() => this.hours.peek() !== null && follow());
    time.changed.on(() => void this.#load());
    setInterval(() => this.hours.peek() !== null && this.#show(), every);
  }

  show(hours: Span | null): void {
    this.hours.value = hours;
    this.#all = [];
    this.changes.value = [];
    void this.#load();
  }

  async #load(): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    if (this.hours.peek() === null) return;
    this.state.value = 'loading';
    const found: Change[] = [];
    try {
      let page: ChangesPage = await api.changes(this.#parameters());
      found.push(...page.changes);
      for (let pages = 1; page.next !== null && pages < mostPages && mine === this.#asked; pages++) {
        page = await api.more<ChangesPage>(page.next);
        found.push(...page.changes);
      }
      if (mine !== this.#asked) return;
      this.isCut.value = page.next !== null;
      this.state.value = 'ready';
      this.#all = found;
      this.#show();
    } catch {
      if (mine === this.#asked) this.state.value = 'failed';
    }
  }

  async #follow(): Promise<void> {
    if (this.viewer.time.moment !== null || this.hours.peek() === null) return;
    const newest = this.#all[0]?.sequence;
    if (this.state.peek() !== 'ready' || newest === undefined) {
      await this.#load();
      return;
    }
    const mine = this.#asked;
    try {
      const page = await api.changes({ ...this.#parameters(), since: String(newest) });
      if (mine !== this.#asked) return;
      if (page.next !== null) await this.#load();
      else {
        this.#all = [...page.changes, ...this.#all].slice(0, pageSize * mostPages);
        this.#show();
      }
    } catch {
      // what comes next brings this as well
    }
  }

  #show(): void {
    const from = this.#from();
    this.#all = this.#all.filter(({ at }) => Date.parse(at) >= from);
    this.changes.value = differing(this.#all);
  }

  #end(): number {
    const { moment, ahead } = this.viewer.time;
    return moment === null ? Date.now() + (ahead ?? 0) : Date.parse(moment.at);
  }

  #from = (): number => this.#end() - (this.hours.peek() ?? 0) * 3_600_000;

  #parameters(): Record<string, string> {
    const { moment } = this.viewer.time;
    return {
      from: new Date(this.#from()).toISOString(),
      limit: String(pageSize),
      ...(moment && { to: moment.at }),
    };
  }
}

/** Of changes, newest first, the newest of each household and zone, unless it is now as it was before the first. */
export function differing(changes: readonly Change[]): readonly Change[] {
  const first = new Map<string, string | null>();
  const last = new Map<string, Change>();
  for (const change of changes) {
    const of = change.household?.code ?? `zone ${change.zone?.code}`;
    if (!last.has(of)) last.set(of, change);
    first.set(of, change.from);
  }
  return [...last].flatMap(([of, change]) =>
    change.kind === 'status' && change.to === first.get(of) ? [] : [{ ...change, from: first.get(of) ?? null }],
  );
}
