import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { Translator } from '../../i18n/messages';
import { type Outline, type Position, positionAt, positionsOf } from '../geometry/outline';
import { Plane } from '../geometry/shapes';

export interface CornerEvents {
  moved: (from: Position, to: Position) => void;
  removed: (corner: Position) => void;
}

const steps: Record<string, [east: number, north: number]> = {
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
};
const far = 10; // steps, with the Shift key

/**
 * A single corner without a mouse: chosen by its number, moved with the arrow keys or by typing where it is to be,
 * taken out.
 */
export class CornerTool {
  readonly #isOpen = signal(false);
  readonly #number = signal(1);
  readonly #corners: ReadonlySignal<Position[]>;
  readonly #chosen: ReadonlySignal<Position | null>;
  /** The corner in work; null while nobody works on one. */
  readonly marked: ReadonlySignal<Position | null>;

  constructor(
    outline: ReadonlySignal<Outline>,
    private readonly events: CornerEvents,
  ) {
    this.#corners = computed(() => [...positionsOf(outline.value)]);
    this.#chosen = computed(() => this.#corners.value[this.#shownNumber.value - 1] ?? null);
    this.marked = computed(() => (this.#isOpen.value ? this.#chosen.value : null));
  }

  /** The last one where there are fewer now. */
  readonly #shownNumber = computed(() => {
    const most = this.#corners.value.length;
    return this.#number.value > most ? Math.max(1, most) : this.#number.value;
  });

  readonly View = ({ t }: { t: Translator }) => {
    const corners = this.#corners.value;
    const at = this.#chosen.value;
    return (
      <details
        hidden={corners.length === 0}
        onToggle={(event) => {
          this.#isOpen.value = event.currentTarget.open;
        }}
      >
        <summary>{t('zones.corner')}</summary>
        <label for="zone-corner">
          {`${t('zones.corner.number')} `}
          <span class="second">{t('zones.corner.of', { n: corners.length })}</span>
        </label>
        <input
          id="zone-corner"
          type="number"
          min={1}
          max={corners.length}
          step={1}
          value={Number.isNaN(this.#shownNumber.value) ? '' : this.#shownNumber.value}
          onInput={(event) => {
            // while it is empty nothing is chosen
            this.#number.value = event.currentTarget.valueAsNumber;
          }}
        />
        <label for="zone-corner-lon">{t('zones.corner.lon')}</label>
        <input
          id="zone-corner-lon"
          type="number"
          step="any"
          value={at ? at[0].toFixed(7) : ''}
          onChange={(event) => this.#moveTo(event.currentTarget.valueAsNumber, at?.[1])}
        />
        <label for="zone-corner-lat">{t('zones.corner.lat')}</label>
        <input
          id="zone-corner-lat"
          type="number"
          step="any"
          value={at ? at[1].toFixed(7) : ''}
          onChange={(event) => this.#moveTo(at?.[0], event.currentTarget.valueAsNumber)}
        />
        <div class="actions">
          <button type="button" class="arrows" onKeyDown={(event) => this.#press(event)}>
            {t('zones.corner.arrows')}
          </button>
          <button type="button" onClick={() => at && this.events.removed(at)}>
            {t('zones.corner.remove')}
          </button>
        </div>
      </details>
    );
  };

  #moveTo(lon: number | undefined, lat: number | undefined): void {
    const at = this.#chosen.peek();
    if (at && Number.isFinite(lon) && Number.isFinite(lat)) this.events.moved(at, positionAt(lon!, lat!));
  }

  #press(event: KeyboardEvent): void {
    const at = this.#chosen.peek();
    if (!at) return;
    if (event.key === 'Delete') this.events.removed(at);
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const metres = event.shiftKey ? far : 1;
    this.events.moved(at, new Plane(at).toPosition(step[0] * metres, step[1] * metres));
  }
}
