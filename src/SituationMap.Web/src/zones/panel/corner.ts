import { h } from '../../dom';
import type { Translator } from '../../i18n/messages';
import { type Outline, type Place, place, placesOf } from '../geometry/outline';
import { Plane } from '../geometry/shapes';

export interface CornerEvents {
  moved: (from: Place, to: Place) => void;
  removed: (corner: Place) => void;
  /** Another one is to be marked on the map, or none any more. */
  marked: () => void;
}

const steps: Record<string, [east: number, north: number]> = {
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
};
const far = 10; // steps, with the Shift key

/** A single corner without a mouse: chosen by its number, moved with the arrow keys or by typing where it is to be, taken out. */
export class CornerTool {
  readonly element: HTMLDetailsElement;
  readonly #number = h('input', { id: 'zone-corner', type: 'number', min: 1, step: 1, value: 1 });
  readonly #lon = h('input', { id: 'zone-corner-lon', type: 'number', step: 'any' });
  readonly #lat = h('input', { id: 'zone-corner-lat', type: 'number', step: 'any' });
  readonly #of = h('span', { class: 'second' });
  #corners: Place[] = [];

  constructor(
    private readonly t: Translator,
    events: CornerEvents,
  ) {
    this.#number.addEventListener('input', () => {
      this.#fill();
      events.marked();
    });
    for (const input of [this.#lon, this.#lat]) {
      input.addEventListener('change', () => {
        const at = this.marked;
        if (at && Number.isFinite(this.#lon.valueAsNumber) && Number.isFinite(this.#lat.valueAsNumber))
          events.moved(at, place(this.#lon.valueAsNumber, this.#lat.valueAsNumber));
      });
    }
    const arrows = h(
      'button',
      {
        type: 'button',
        class: 'arrows',
        onkeydown: (event: KeyboardEvent) => {
          const [at, step] = [this.marked, steps[event.key]];
          if (event.key === 'Delete' && at) events.removed(at);
          if (!at || !step) return;
          event.preventDefault();
          const metres = event.shiftKey ? far : 1;
          events.moved(at, new Plane(at).toPlace(step[0] * metres, step[1] * metres));
        },
      },
      t('zones.corner.arrows'),
    );
    this.element = h(
      'details',
      {},
      h('summary', {}, t('zones.corner')),
      h('label', { for: this.#number.id }, t('zones.corner.number'), ' ', this.#of),
      this.#number,
      h('label', { for: this.#lon.id }, t('zones.corner.lon')),
      this.#lon,
      h('label', { for: this.#lat.id }, t('zones.corner.lat')),
      this.#lat,
      h(
        'div',
        { class: 'actions' },
        arrows,
        h(
          'button',
          {
            type: 'button',
            onclick: () => {
              if (this.marked) events.removed(this.marked);
            },
          },
          t('zones.corner.remove'),
        ),
      ),
    );
    this.element.addEventListener('toggle', () => events.marked());
  }

  /** The corner in work; null while nobody works on one. */
  get marked(): Place | null {
    return this.element.open ? (this.#corners[this.#number.valueAsNumber - 1] ?? null) : null;
  }

  show(outline: Outline): void {
    this.#corners = [...placesOf(outline)];
    this.element.hidden = this.#corners.length === 0;
    this.#number.max = String(this.#corners.length);
    if (this.#number.valueAsNumber > this.#corners.length)
      this.#number.value = String(Math.max(1, this.#corners.length));
    this.#of.textContent = this.t('zones.corner.of', { n: this.#corners.length });
    this.#fill();
  }

  #fill(): void {
    const at = this.#corners[this.#number.valueAsNumber - 1];
    this.#lon.value = at ? at[0].toFixed(7) : '';
    this.#lat.value = at ? at[1].toFixed(7) : '';
  }
}
