import { type ReadonlySignal, signal } from '@preact/signals';
import type { HexColor } from 'terra-draw';
import type { MapParts, PageParts, SessionParts } from '../../frame/parts';
import { palette } from '../../theme/theme';
import { add, cutOut, insertCorner, moveCorner, removeCorner, replace } from '../geometry/borders';
import type { Outline } from '../geometry/outline';
import { snapped } from '../geometry/snapping';
import type { Editing } from '../sheet/editing';
import { BordersInView } from './borders';
import { Dragging } from './dragging';
import { Drawing, type Tool } from './drawing';

export interface ToolsEvents {
  /** Where the zone would be if it were let go now. */
  moving: (outline: Outline) => void;
  /** Within how many metres corners snap. */
  reach: () => number;
}

/** What the pointer does to the zone in work: corners are moved, pieces drawn, or the whole is dragged. */
export class PointerTools {
  readonly #isDragging = signal(false);
  readonly #borders: BordersInView;
  #drawing: Drawing | null = null;
  #dragging: Dragging | null = null;
  #purpose: 'add' | 'cut' = 'add';

  constructor(
    private readonly viewer: MapParts & PageParts & SessionParts,
    private readonly editing: Editing,
    private readonly events: ToolsEvents,
  ) {
    const { map, appearance } = viewer;
    this.#borders = new BordersInView(map);
    appearance.changed.on(() => {
      if (!this.#drawing) return; // nothing of Terra Draw's is on the map
      this.#rest();
      map.once('idle', () => this.#corners());
    });
  }

  /** Whether the zone is dragged as a whole. */
  get isDragging(): ReadonlySignal<boolean> {
    return this.#isDragging;
  }

  /** Whether the pointer is at work. */
  get isAtWork(): boolean {
    return this.#drawing !== null || this.#dragging !== null;
  }

  start(): void {
    this.#borders.start();
    if (!this.#drawing) this.#corners();
  }

  stop(): void {
    this.#borders.stop();
    this.#rest();
  }

  /** Something else has the pointer for a while. */
  pause(isPaused: boolean): void {
    if (isPaused) this.#rest();
    else this.#corners();
  }

  draw(tool: Tool, purpose: 'add' | 'cut' = 'add'): void {
    this.#purpose = purpose;
    if (!this.#drawing) this.#corners();
    this.#drawing?.draw(tool);
  }

  /** Back to moving corners, whatever was done before. */
  edit(): void {
    this.#corners();
  }

  drag(): void {
    this.#rest();
    const { map, mode } = this.viewer;
    mode.set('drawing', true);
    this.#dragging = new Dragging(map, () => this.editing.active.peek()?.outline ?? [], {
      moving: this.events.moving,
      moved: (outline) => this.editing.edit('shift', (outlines, key) => replace(outlines, key, outline)),
    });
    this.#isDragging.value = true;
  }

  /** The zone in work is another one than it was. */
  refresh(): void {
    const active = this.editing.active.peek();
    if (active) this.#drawing?.edit(active.outline);
  }

  #corners(): void {
    const { map, appearance, mode } = this.viewer;
    const { editing } = this;
    this.#rest();
    mode.set('drawing', true);
    this.#drawing = new Drawing(
      map,
      palette(appearance).zone as HexColor,
      {
        drawn: (shape) =>
          editing.edit('draw', (outlines, key) => (this.#purpose === 'cut' ? cutOut : add)(outlines, key, shape)),
        line: (line) => editing.split(line),
        moved: (from, to) => editing.edit('move', (outlines) => moveCorner(outlines, from, to)),
        inserted: (side, corner) => editing.edit('insert', (outlines) => insertCorner(outlines, side, corner)),
        removed: (corner) => editing.edit('remove', (outlines) => removeCorner(outlines, corner)),
      },
      (at, from) => snapped(at, this.#snaps(from === null), this.events.reach(), from),
    );
    this.refresh();
  }

  #rest(): void {
    this.viewer.mode.set('drawing', false);
    this.#drawing?.stop();
    this.#dragging?.stop();
    [this.#drawing, this.#dragging] = [null, null];
    this.#isDragging.value = false;
  }

  /** What corners snap to: those of the zone in work only for a new piece. */
  *#snaps(isNew: boolean): Generator<Outline> {
    const { zones, active } = this.editing.sheet.peek();
    for (const zone of Object.values(zones)) if (isNew || zone.key !== active) yield zone.outline;
    yield* this.#borders.outlines;
  }
}
