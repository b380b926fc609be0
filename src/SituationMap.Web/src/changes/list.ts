import { computed, signal } from '@preact/signals';
import { api } from '../api/client';
import type { Change, ChangesPage, Status } from '../api/types';
import type { SessionParts } from '../frame/parts';
import { throttle } from '../ui/throttle';
import { acknowledged } from './acknowledging';

/** Hours that are looked back: the last one, a shift, a day. */
export const spans = [1, 8, 24] as const;
export type Span = (typeof spans)[number];

/** The span that an address names; null: none. */
export const spanOf = (text: string | null): Span | null => spans.find((span) => String(span) === text) ?? null;

export interface Query {
  hours: Span;
  /** Only households that got this status, or only zones; null: all. */
  kind: Status | 'zone' | null;
  /** Only what lies in this grid; null: everywhere. */
  grid: string | null;
}

const pageSize = 100;
/** However long a page stays open, it has no more rows than this; the earlier ones are a click away. */
const most = 500;

/**
 * What changed in the hours up to the time that the page shows, newest first, and how many came since anybody looked.
 * At the present it follows the feed.
 */
export class ChangeList {
  readonly query = signal<Query>({ hours: 1, kind: null, grid: null });
  readonly changes = signal<readonly Change[] | 'loading' | 'failed'>('loading');
  /** The link to earlier ones; null: there are none in the span. */
  readonly next = signal<string | null>(null);
  readonly unread = signal(0);
  /** How many households got each status, as far as the list goes. */
  readonly sums = computed(() => sumsOf(this.changes.value));
  readonly #follow: () => void;
  #newest: number;
  #asked = 0;

  /** @param isSeen whether somebody sees the list, so that nothing in it is unread */
  constructor(
    private readonly viewer: SessionParts,
    private readonly isSeen: () => boolean,
  ) {
    const { feed, time, coveredArea } = viewer;
    this.#newest = coveredArea.sequence;
    this.#follow = throttle(
      250,
      () => this.#fetchNew(),
      () => 1_000,
    );
    for (const happens of [feed.status, feed.zone, feed.again]) happens.on(() => this.#follow());
    document.addEventListener('visibilitychange', () => this.#follow());
    feed.acknowledged.on((them) => {
      const known = this.changes.peek();
      if (typeof known !== 'string') this.changes.value = acknowledged(known, them);
    });
    time.changed.on(() => void this.load());
  }

  show(query: Partial<Query>): void {
    this.query.value = { ...this.query.peek(), ...query };
    this.changes.value = 'loading';
    void this.load();
  }

  /** From the newest on; what is shown stays until it is there. */
  async load(): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    try {
      const page = await api.changes(this.#parameters());
      if (mine !== this.#asked) return;
      this.#take(page);
    } catch {
      if (mine === this.#asked && typeof this.changes.peek() === 'string') this.changes.value = 'failed';
    }
  }

  async more(): Promise<void> {
    const [next, known, mine] = [this.next.peek(), this.changes.peek(), this.#asked];
    if (next === null || typeof known === 'string') return;
    const page = await api.more<ChangesPage>(next);
    if (mine !== this.#asked || this.next.peek() !== next) return;
    this.changes.value = [...known, ...page.changes];
    this.next.value = page.next;
  }

  read(): void {
    this.unread.value = 0;
  }

  async #fetchNew(): Promise<void> {
    if (this.viewer.time.moment !== null) return;
    const mine = this.#asked;
    let page: ChangesPage;
    try {
      page = await api.changes({ ...this.#parameters(), since: String(this.#newest) });
    } catch {
      return; // what comes next brings this as well
    }
    if (mine !== this.#asked || page.changes.length === 0) return;
    if (!this.isSeen() || document.hidden) this.unread.value += page.changes.length;
    const known = this.changes.peek();
    this.#newest = page.changes[0]!.sequence;
    if (typeof known === 'string') return;
    // more than a page at once: what lies between is not known
    if (page.next !== null) void this.load();
    else this.changes.value = [...page.changes, ...known].slice(0, Math.max(most, known.length));
  }

  #take(page: ChangesPage): void {
    this.changes.value = page.changes;
    this.next.value = page.next;
    if (this.viewer.time.moment === null) this.#newest = Math.max(this.#newest, page.changes[0]?.sequence ?? 0);
  }

  #parameters(): Record<string, string> {
    const { hours, kind, grid } = this.query.peek();
    const { moment, ahead } = this.viewer.time;
    const end = moment === null ? Date.now() + (ahead ?? 0) : Date.parse(moment.at);
    return {
      from: new Date(end - hours * 3_600_000).toISOString(),
      limit: String(pageSize),
      ...(moment && { to: moment.at }),
      ...(kind === 'zone' ? { kind } : kind && { status: kind }),
      ...(grid && { grid }),
    };
  }
}

function sumsOf(changes: readonly Change[] | string): Map<Status, number> {
  const sums = new Map<Status, number>();
  if (typeof changes === 'string') return sums;
  for (const { kind, to } of changes) if (kind === 'status') sums.set(to as Status, (sums.get(to as Status) ?? 0) + 1);
  return sums;
}
