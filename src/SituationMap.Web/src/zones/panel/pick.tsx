import { signal } from '@preact/signals';
import type { MapMouseEvent } from 'maplibre-gl';
import { createRef, type RefObject } from 'preact';
import type { MapParts, PageParts, SessionParts } from '../../frame/parts';
import { type Picked, zoneApi } from '../api/client';
import { surface } from '../geometry/measure';
import { type Outline, outlineOf, type Position, positionAt, toGeoJson } from '../geometry/outline';
import { around, covers } from '../geometry/shapes';

export interface PickEvents {
  /** A building, a grid or what lies within some metres of a street or a building, to be added. */
  picked: (shape: Outline) => void;
  /** Metres. */
  moved: (east: number, north: number) => void;
  grown: (metres: number) => void;
  /** While things are picked nothing is drawn. */
  pausing: (isPicking: boolean) => void;
}

const kinds: readonly Picked[] = ['buildings', 'units', 'roads', 'grids'];

/**
 * Outlines from what there is on the map, and by numbers: picking, growing, moving. Every one of them also without a
 * mouse.
 */
export class Picking {
  readonly #isPicking = signal(false);
  readonly #kind = createRef<HTMLSelectElement>();
  readonly #reach = createRef<HTMLInputElement>();
  readonly #wide = createRef<HTMLInputElement>();
  readonly #east = createRef<HTMLInputElement>();
  readonly #north = createRef<HTMLInputElement>();

  constructor(
    private readonly viewer: MapParts & PageParts & SessionParts,
    private readonly events: PickEvents,
  ) {}

  stop(): void {
    this.#isPicking.value = false;
    this.viewer.map.off('click', this.#clicked);
  }

  readonly View = () => {
    const { t, map } = this.viewer;
    const isPicking = this.#isPicking.value;
    const metres = (field: RefObject<HTMLInputElement | null>) => field.current!.valueAsNumber || 0;
    return (
      <details
        onToggle={(event) => {
          if (!event.currentTarget.open && this.#isPicking.peek()) this.#pickOnMap(false);
        }}
      >
        <summary>{t('zones.pick')}</summary>
        <label for="zone-pick">{t('zones.pick.what')}</label>
        <select id="zone-pick" ref={this.#kind}>
          {kinds.map((kind) => (
            <option key={kind} value={kind}>
              {t(`zones.pick.${kind}`)}
            </option>
          ))}
        </select>
        <p class="hint">{t('zones.pick.units.hint')}</p>
        <label for="zone-reach">{t('zones.pick.reach')}</label>
        <input id="zone-reach" ref={this.#reach} type="number" step={1} min={0} max={5000} defaultValue="0" />
        <div class="actions">
          <button type="button" aria-pressed={isPicking} onClick={() => this.#pickOnMap(!isPicking)}>
            {t('zones.pick.map')}
          </button>
          <button type="button" onClick={() => void this.#pick(map.getCenter())}>
            {t('zones.pick.centre')}
          </button>
        </div>
        <label for="zone-wide">{t('zones.grow.metres')}</label>
        <input id="zone-wide" ref={this.#wide} type="number" step={1} min={-5000} max={5000} defaultValue="50" />
        <div class="actions">
          <button type="button" onClick={() => this.events.grown(metres(this.#wide))}>
            {t('zones.grow')}
          </button>
        </div>
        <label for="zone-east">{t('zones.shift.east')}</label>
        <input id="zone-east" ref={this.#east} type="number" step={1} min={-5000} max={5000} defaultValue="0" />
        <label for="zone-north">{t('zones.shift.north')}</label>
        <input id="zone-north" ref={this.#north} type="number" step={1} min={-5000} max={5000} defaultValue="0" />
        <div class="actions">
          <button type="button" onClick={() => this.events.moved(metres(this.#east), metres(this.#north))}>
            {t('zones.shift')}
          </button>
        </div>
      </details>
    );
  };

  #pickOnMap(on: boolean): void {
    const { map, mode } = this.viewer;
    this.#isPicking.value = on;
    this.events.pausing(on);
    mode.set('drawing', true); // the map's own clicks select nothing meanwhile
    if (on) map.on('click', this.#clicked);
    else map.off('click', this.#clicked);
  }

  readonly #clicked = (event: MapMouseEvent): void => {
    event.preventDefault();
    void this.#pick(event.lngLat);
  };

  async #pick({ lng, lat }: { lng: number; lat: number }): Promise<void> {
    const { notices, t } = this.viewer;
    const kind = this.#kind.current!.value as Picked;
    const at = positionAt(lng, lat);
    try {
      const shape = shapeOf(kind, await zoneApi.at(kind, at), at, this.#reach.current!.valueAsNumber || 0);
      if (shape === null) notices.show(t('zones.pick.nothing'), 5_000);
      else this.events.picked(shape);
    } catch {
      notices.show(t('panel.unreachable'), 6_000);
    }
  }
}

/**
 * The smallest surface there, or everything within some metres of what is there; a street has no surface of its own.
 */
export function shapeOf(
  kind: Picked,
  found: readonly GeoJSON.Geometry[],
  at: Position,
  metres: number,
): Outline | null {
  if (kind === 'roads') return found.length === 0 ? null : around(found.slice(0, 1), Math.max(metres, 1));
  const smallest = found
    .flatMap((one) => (one.type === 'Polygon' || one.type === 'MultiPolygon' ? [outlineOf(one)] : []))
    .filter((outline) => covers(outline, at))
    .sort((a, b) => surface(a) - surface(b))[0];
  return smallest === undefined ? null : metres > 0 ? around([toGeoJson(smallest)], metres) : smallest;
}
