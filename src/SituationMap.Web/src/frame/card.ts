import { signal } from '@preact/signals';
import type { GridSummary, Look } from '../api/types';
import type { LiveState } from '../live/connection';
import { Emitter } from '../ui/emitter';
import type { Moment } from './time';

/** How current the page is. */
export interface Freshness {
  state: LiveState;
  /** The time the map shows, in ms since 1970; null when nothing was shown yet. */
  instant: number | null;
  /** The past moment that is shown instead of the present. */
  moment: Moment | null;
}

/** What the card at the left says: how current, how many. */
export class CardState {
  /** Whether only the counts are shown. */
  readonly folded = signal(matchMedia('(max-width: 640px)').matches);
  readonly freshness = signal<Freshness>({ state: 'connecting', instant: null, moment: null });
  /** What was counted last; null while nothing was. */
  readonly summary = signal<GridSummary | null>(null);
  /** How each was counted over the last days, the oldest first; null: not known. */
  readonly trend = signal<ReadonlyMap<Look, readonly number[]> | null>(null);
  /** The counts could not be fetched; those that stand there may be old. */
  readonly failed = signal(false);
  /** Whether nothing is in the store yet; and what brings the first in, for those who may. */
  readonly empty = signal<{ begin: { label: string; run: () => void } | null } | null>(null);
  /** Somebody wants to see who those are that are counted so. */
  readonly asked = new Emitter<Look>();
}
