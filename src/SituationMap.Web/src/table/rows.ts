import { type ReadonlySignal, signal } from '@preact/signals';
import { api } from '../api/client';
import type { Household, HouseholdsOnMap, HouseholdsPage } from '../api/types';
import type { SessionParts } from '../frame/parts';
import { throttle } from '../ui/throttle';
import type { Listing } from './conditions';

const pageSize = 200;
const largestPage = 1_000; // that the API gives
/** More nobody scrolls through: an export has them all. */
export const most = 10_000;

/** What the table has to show. */
export type Rows =
  | { kind: 'loading' }
  | { kind: 'failed'; error: unknown }
  | { kind: 'there'; households: readonly Household[]; total: number; next: string | null };

export function query({ conditions, sort }: Listing): Record<string, string> {
  return { ...(conditions as Record<string, string>), sort };
}

/** The households of a list, page by page as they are looked at, kept at the present; and where they are on the map. */
export class ListedRows {
  readonly #rows = signal<Rows>({ kind: 'loading' });
  readonly #onMap = signal<HouseholdsOnMap | null>(null);
  readonly isLoadingMore = signal(false);
  #list: Listing | null = null;
  #asked: AbortController | null = null;
  /** ms that the last answer took. */
  #took = 0;

  constructor({ feed }: SessionParts) {
    const refresh = throttle(
      1_500,
      async () => {
        if (this.#list !== null && !document.hidden) await this.#load(this.#list);
      },
      // what takes long is asked for seldom, however many look at it
      () => Math.max(1_500, 20 * this.#took),
    );
    for (const happens of [feed.advanced, feed.again]) happens.on(refresh);
    document.addEventListener('visibilitychange', () => refresh());
  }

  get rows(): ReadonlySignal<Rows> {
    return this.#rows;
  }

  /** What is not faded on the map; null: nothing is. */
  get onMap(): ReadonlySignal<HouseholdsOnMap | null> {
    return this.#onMap;
  }

  /** @param list null: none */
  show(list: Listing | null): void {
    this.#list = list;
    this.#asked?.abort();
    this.#rows.value = { kind: 'loading' };
    if (list === null) this.#onMap.value = null;
    else void this.#load(list);
  }

  again(): void {
    this.show(this.#list);
  }

  /** The next page, where there is one. */
  async more(): Promise<void> {
    const known = this.#rows.peek();
    if (known.kind !== 'there' || known.next === null || known.households.length >= most) return;
    if (this.isLoadingMore.peek()) return;
    this.isLoadingMore.value = true;
    try {
      const page = await api.more<HouseholdsPage>(known.next);
      if (this.#rows.peek() === known)
        this.#rows.value = { ...known, households: [...known.households, ...page.households], next: page.next };
    } catch {
      // asked again when somebody scrolls on
    } finally {
      this.isLoadingMore.value = false;
    }
  }

  /** As many as are there already, from the beginning. */
  async #load(list: Listing): Promise<void> {
    const before = this.#rows.peek();
    // what was scrolled through stays, for a row must not move away below the pointer
    const kept = before.kind === 'there' && before.households.length > largestPage ? before : null;
    const size = before.kind === 'there' && kept === null ? Math.max(pageSize, before.households.length) : pageSize;
    const asked = new AbortController();
    this.#asked = asked;
    const began = performance.now();
    try {
      const [page, onMap] = await Promise.all([
        api.households({ ...query(list), with: 'overdue', count: 'true', limit: String(size) }, asked.signal),
        api.householdsOnMap(list.conditions as Record<string, string>, asked.signal),
      ]);
      if (asked.signal.aborted) return;
      this.#took = performance.now() - began;
      const { households, next } = kept ?? page;
      this.#rows.value = { kind: 'there', households, next, total: page.total ?? 0 };
      this.#onMap.value = onMap;
    } catch (error) {
      // what is shown stays; the card says that it is not live
      if (!asked.signal.aborted && before.kind !== 'there') this.#rows.value = { kind: 'failed', error };
    }
  }
}
