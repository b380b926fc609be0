import { Signal } from './signal';

/** A past instant that the page shows instead of the present. */
export interface Moment {
  /** ISO 8601 with offset. */
  at: string;
  /** `then`: as it was known at that instant. `since`: with late reports and corrections, as it has become known since. */
  known: 'then' | 'since';
}

/** What time the page shows: the present (null) or a past moment. */
export class ShownTime {
  readonly changed = new Signal<Moment | null>();
  #moment: Moment | null = null;

  get moment(): Moment | null {
    return this.#moment;
  }

  show(moment: Moment | null): void {
    if (moment?.at === this.#moment?.at && moment?.known === this.#moment?.known) return;
    this.#moment = moment;
    this.changed.tell(moment);
  }

  /** The parameters that ask the API about it; none for the present. */
  get query(): Record<string, string> {
    return queryOf(this.#moment);
  }
}

export function queryOf(moment: Moment | null): Record<string, string> {
  if (moment === null) return {};
  // to the minute, so that asking again is asking the same
  return { at: moment.at, known: moment.known === 'then' ? moment.at : `${new Date().toISOString().slice(0, 16)}:00Z` };
}
