import { type Sheet, type SheetZone, withZones } from './sheet';

/** What one step changed: each zone before and after it; null: there was none. */
export interface Step {
  /** What was done, as a message's key. */
  what: string;
  before: Patch;
  after: Patch;
}

interface Patch {
  active: string | null;
  zones: Record<string, SheetZone | null>;
}

/** Where the steps are kept, so that a reload loses none. */
export interface Keeper {
  /** @param at the step's index; those after it are dropped */
  add: (at: number, step: Step) => void;
  /** Keeps these steps instead of those there were. */
  replace: (steps: readonly Step[]) => void;
  /** How many of the steps are done. */
  done: (count: number) => void;
  /** Forgets all steps. */
  clear: () => void;
}

/**
 * Every step since the sheet was empty, and how many of them are done. Going back is going over the steps in reverse,
 * to the byte.
 */
export class History {
  #sheet: Sheet;

  constructor(
    private readonly empty: Sheet,
    private readonly keeper: Keeper | null = null,
    private steps: Step[] = [],
    private count = steps.length,
  ) {
    this.#sheet = steps.slice(0, count).reduce((sheet, step) => patched(sheet, step.after), empty);
  }

  get sheet(): Sheet {
    return this.#sheet;
  }

  /** What would be taken back, or null. */
  get undoes(): string | null {
    return this.steps[this.count - 1]?.what ?? null;
  }

  get redoes(): string | null {
    return this.steps[this.count]?.what ?? null;
  }

  do(what: string, next: Sheet): void {
    const keys = new Set([...Object.keys(this.#sheet.zones), ...Object.keys(next.zones)]);
    const touched = [...keys].filter((key) => this.#sheet.zones[key] !== next.zones[key]);
    if (touched.length === 0 && next.active === this.#sheet.active) return;
    const patch = (sheet: Sheet): Patch => ({
      active: sheet.active,
      zones: Object.fromEntries(touched.map((key) => [key, sheet.zones[key] ?? null])),
    });
    const step = { what, before: patch(this.#sheet), after: patch(next) };
    this.steps = [...this.steps.slice(0, this.count), step];
    this.keeper?.add(this.count, step);
    this.#move(this.count + 1, next);
  }

  undo(): void {
    const step = this.steps[this.count - 1];
    if (step) this.#move(this.count - 1, patched(this.#sheet, step.before));
  }

  redo(): void {
    const step = this.steps[this.count];
    if (step) this.#move(this.count + 1, patched(this.#sheet, step.after));
  }

  /**
   * Notes what the server has of a zone now: no step, since it cannot be taken back. It holds in every step, so that
   * going back goes back to an outline and never to a zone that the server has not seen.
   */
  saved(key: string, has: Pick<SheetZone, 'code' | 'base' | 'etag'>): void {
    const noted = (patch: Patch): Patch => {
      const zone = patch.zones[key];
      return zone ? { ...patch, zones: { ...patch.zones, [key]: { ...zone, ...has } } } : patch;
    };
    this.steps = this.steps.map(({ what, before, after }) => ({ what, before: noted(before), after: noted(after) }));
    this.keeper?.replace(this.steps);
    const zone = this.#sheet.zones[key];
    if (zone) this.#sheet = withZones(this.#sheet, [{ ...zone, ...has }]);
  }

  #move(count: number, sheet: Sheet): void {
    this.count = count;
    this.#sheet = sheet;
    this.keeper?.done(count);
  }

  /** Forgets everything: what was planned is saved, or thrown away. */
  clear(): void {
    this.steps = [];
    this.keeper?.clear();
    this.#move(0, this.empty);
  }
}

function patched(sheet: Sheet, patch: Patch): Sheet {
  const zones: Record<string, SheetZone | null> = { ...sheet.zones, ...patch.zones };
  const there = Object.keys(zones)
    .filter((key) => zones[key] !== null)
    .sort();
  return { active: patch.active, zones: Object.fromEntries(there.map((key) => [key, zones[key]!])) };
}
