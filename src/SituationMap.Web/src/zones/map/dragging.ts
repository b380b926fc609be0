import type { Map as MapLibreMap, MapMouseEvent, MapTouchEvent, Subscription } from 'maplibre-gl';
import { type Outline, type Position, positionAt } from '../geometry/outline';
import { covers, Plane, shifted } from '../geometry/shapes';

export interface DraggingEvents {
  /** Where it would be if it were let go now. */
  moving: (outline: Outline) => void;
  moved: (outline: Outline) => void;
}

/** Moves an outline as a whole with the pointer: taken up inside it; beside it the map itself is moved. */
export class Dragging {
  #from: Position | null = null;
  #to: Outline | null = null;
  readonly #subscriptions: Subscription[];

  constructor(
    private readonly map: MapLibreMap,
    private readonly outline: () => Outline,
    private readonly events: DraggingEvents,
  ) {
    this.#subscriptions = [
      ...(['mousedown', 'touchstart'] as const).map((name) => map.on(name, this.#down)),
      ...(['mousemove', 'touchmove'] as const).map((name) => map.on(name, this.#move)),
      ...(['mouseup', 'touchend'] as const).map((name) => map.on(name, this.#up)),
    ];
  }

  stop(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.map.getCanvas().style.cursor = '';
  }

  readonly #down = (event: MapMouseEvent | MapTouchEvent): void => {
    const at = positionAt(event.lngLat.lng, event.lngLat.lat);
    if (!covers(this.outline(), at)) return;
    event.preventDefault(); // the map stays
    this.#from = at;
  };

  readonly #move = (event: MapMouseEvent | MapTouchEvent): void => {
    // let go beside the map
    if (this.#from !== null && event.originalEvent instanceof MouseEvent && event.originalEvent.buttons === 0) {
      this.#up();
      return;
    }
    const at = positionAt(event.lngLat.lng, event.lngLat.lat);
    this.map.getCanvas().style.cursor = this.#from !== null ? 'grabbing' : covers(this.outline(), at) ? 'move' : '';
    if (this.#from === null) return;
    const [east, north] = new Plane(this.#from).toMetres(at);
    this.#to = shifted(this.outline(), east, north);
    this.events.moving(this.#to);
  };

  readonly #up = (): void => {
    const to = this.#to;
    [this.#from, this.#to] = [null, null];
    if (to !== null) this.events.moved(to);
  };
}
