import { batch, signal } from '@preact/signals';
import { api } from '../api/client';
import type { BuildingWork, WorkPage } from '../api/types';

export const states = ['overdue', 'due'] as const;

export interface Query {
  /** Only in this grid; null: in all. */
  grid: string | null;
  /** Only what is overdue, or only what is not; null: both. */
  state: (typeof states)[number] | null;
}

const pageSize = 50;

/** What is to be done at present, in walking order, as far as it was asked for. */
export class WorkList {
  readonly query = signal<Query>({ grid: null, state: null });
  readonly buildings = signal<readonly BuildingWork[] | 'loading' | 'failed'>('loading');
  readonly asOf = signal<string | null>(null);
  /** The link to what comes next; null: this is all. */
  readonly next = signal<string | null>(null);
  #asked = 0;

  show(query: Partial<Query>): void {
    this.query.value = { ...this.query.peek(), ...query };
    this.buildings.value = 'loading';
    void this.load();
  }

  /** From the beginning; what is shown stays until it is there. */
  async load(): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    const { grid, state } = this.query.peek();
    let page: WorkPage;
    try {
      page = await api.work({ limit: String(pageSize), ...(grid && { grid }), ...(state && { state }) });
    } catch {
      if (mine === this.#asked && typeof this.buildings.peek() === 'string') this.buildings.value = 'failed';
      return;
    }
    if (mine === this.#asked) this.#take(page, page.buildings);
  }

  async more(): Promise<void> {
    const [next, known, mine] = [this.next.peek(), this.buildings.peek(), this.#asked];
    if (next === null || typeof known === 'string') return;
    const page = await api.more<WorkPage>(next);
    if (mine === this.#asked && this.next.peek() === next) this.#take(page, joined(known, page.buildings));
  }

  #take({ asOf, next }: WorkPage, buildings: readonly BuildingWork[]): void {
    batch(() => {
      this.buildings.value = buildings;
      this.asOf.value = asOf;
      this.next.value = next;
    });
  }
}

/** One after the other; a building that a page ended within stands once. */
export function joined(first: readonly BuildingWork[], second: readonly BuildingWork[]): BuildingWork[] {
  const [last, next] = [first.at(-1), second[0]];
  return last && last.building === next?.building
    ? [...first.slice(0, -1), { ...last, households: [...last.households, ...next.households] }, ...second.slice(1)]
    : [...first, ...second];
}
