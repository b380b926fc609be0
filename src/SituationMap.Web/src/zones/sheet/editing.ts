import { computed, type Signal, signal } from '@preact/signals';
import { Emitter } from '../../ui/emitter';
import { type Edited, replace, split } from '../geometry/borders';
import type { Position } from '../geometry/outline';
import { readOutline } from '../geometry/reading';
import type { History } from './history';
import { outlinesOf, type Sheet, type SheetZone, withOutlines, withZones } from './sheet';

export type Edit = (outlines: ReturnType<typeof outlinesOf>, key: string) => Edited;

/** Why an edit cannot be: as the geometry has it, or that a text is no outline. */
export type Refusal = Exclude<Edited['fault'], null>['why'] | 'unreadable';

interface State {
  sheet: Sheet;
  undo: boolean;
  redo: boolean;
}

const stateOf = ({ sheet, undoes, redoes }: History): State => ({
  sheet,
  undo: undoes !== null,
  redo: redoes !== null,
});

const activeOf = ({ active, zones }: Sheet): SheetZone | null => (active === null ? null : (zones[active] ?? null));

/** The sheet in work: every edit is a step of its history, or is refused with a reason and leaves it as it is. */
export class Editing {
  /** What can be shown of it is to be shown anew. */
  readonly changed = new Emitter();
  readonly refused = new Emitter<{ why: Refusal; at: Position | null }>();
  readonly #state: Signal<State>;

  constructor(private readonly history: History) {
    this.#state = signal(stateOf(history));
  }

  readonly sheet = computed(() => this.#state.value.sheet);

  /** The zone in work. */
  readonly active = computed(() => activeOf(this.sheet.value));

  /** Whether there is something to be taken back, or to be done again. */
  get ways(): { undo: boolean; redo: boolean } {
    return this.#state.value;
  }

  /** The history may be another one than it was: the sheet was laid anew, or saved. */
  refresh(): void {
    this.#state.value = stateOf(this.history);
    this.changed.emit();
  }

  go(way: 'undo' | 'redo'): void {
    this.history[way]();
    this.refresh();
  }

  clear(): void {
    this.history.clear();
    this.refresh();
  }

  /** @param made what a piece that the edit makes begins as */
  edit(what: string, edit: Edit, made?: (key: string) => SheetZone): void {
    const active = activeOf(this.history.sheet);
    if (!active) return;
    const { outlines, fault } = edit(outlinesOf(this.history.sheet), active.key);
    if (outlines === null) {
      this.refused.emit({ why: fault.why, at: fault.why === 'nothing' ? null : fault.at });
      return;
    }
    this.history.do(what, withOutlines(this.history.sheet, outlines, made));
    this.refresh();
  }

  /** What the zone says, beside its outline. */
  say(change: Partial<SheetZone>): void {
    const active = activeOf(this.history.sheet);
    if (!active) return;
    this.history.do('text', withZones(this.history.sheet, [{ ...active, ...change }]));
    this.refresh();
  }

  /** Splits the zone along a line into pieces, each to be a zone of its own. */
  split(line: Position[]): void {
    const active = activeOf(this.history.sheet);
    if (!active) return;
    const begun = Date.now();
    const nth = (key: string) => Number(key.slice(key.lastIndexOf('~') + 1));
    this.edit(
      'split',
      (outlines, key) => split(outlines, key, line, (n) => `${key}~${begun}~${n}`),
      (key) => ({
        ...active,
        key,
        code: null,
        name: `${active.name}-${'abcdefghijklmnopqrstuvwxyz'[nth(key)] ?? nth(key)}`,
        outline: [],
        base: null,
        etag: null,
      }),
    );
  }

  /** Takes an outline as somebody wrote it. */
  read(text: string): void {
    const outline = readOutline(text);
    if (outline === null) this.refused.emit({ why: 'unreadable', at: null });
    else this.edit('import', (outlines, key) => replace(outlines, key, outline));
  }
}
