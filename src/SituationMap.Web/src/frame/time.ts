import { signal } from '@preact/signals';
import { Emitter } from '../ui/emitter';

/** A past instant that the page shows instead of the present. */
export interface Moment {
  /** ISO 8601 with offset. */
  at: string;
  /**
   * `then`: as it was known at that instant. `since`: with late reports and corrections, as it has become known since.
   */
  known: 'then' | 'since';
  /** Until when what was reported counts, for `since`: one minute for all that the page shows. */
  by?: string;
}

/** What time the page shows: the present (null) or a past moment. */
export class ShownTime {
  readonly changed = new Emitter<Moment | null>();
  /** By how many ms the server's clock is ahead of this machine's; null: not known yet. */
  ahead: number | null = null;
  readonly #moment = signal<Moment | null>(null);

  get moment(): Moment | null {
    return this.#moment.value;
  }

  show(moment: Moment | null): void {
    const shown = this.#moment.peek();
    if (moment?.at === shown?.at && moment?.known === shown?.known) return;
    this.#moment.value = moment?.known === 'since' ? { ...moment, by: this.#now() } : moment;
    this.changed.emit(this.#moment.peek());
  }

  /** The server's present: of a time to come it knows nothing. */
  #now(): string {
    return this.ahead === null
      ? `${new Date().toISOString().slice(0, 16)}:00Z`
      : new Date(Date.now() + this.ahead).toISOString();
  }

  /** The parameters that ask the API about it; none for the present. */
  get query(): Record<string, string> {
    return queryOf(this.#moment.value);
  }
}

export const queryOf = (moment: Moment | null): Record<string, string> =>
  moment === null ? {} : { at: moment.at, known: moment.by ?? moment.at };
