import type { Grids } from '../frame/grids';
import type { SessionParts } from '../frame/parts';

/** Does something and says what was wrong with it; whether it was done. */
export type Change = (request: () => Promise<unknown>) => Promise<boolean>;

/** What every tab is given. */
export interface Parts extends SessionParts {
  grids: Grids;
  change: Change;
}
