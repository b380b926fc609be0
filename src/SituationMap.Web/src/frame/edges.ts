import type { PaddingOptions } from 'maplibre-gl';
import { createRef } from 'preact';
import type { Sides } from './sides';

export interface Covered {
  top: number;
  right: number;
  bottom: number;
  left: number;
}

/** What of the page lies over the map's edges. */
export class Edges {
  readonly card = createRef<HTMLElement>();
  readonly timeline = createRef<HTMLElement>();

  constructor(
    private readonly sides: Sides,
    /**
     * How many pixels of the page one of the map's is: elements are seen larger than what they know of themselves where
     * they are zoomed.
     */
    private readonly scale: () => number,
    private readonly kiosk: boolean,
  ) {}

  /** The space in pixels of the map, from each edge, that the card, the drawer and the time slider cover. */
  covered(): Covered {
    const wide = matchMedia('(min-width: 641px)').matches;
    const scale = this.scale();
    const from = this.card.current?.offsetParent?.getBoundingClientRect().left ?? 0; // the map's own edge
    const box = (element: Element | null | undefined) => {
      const { right, width, height } = element?.getBoundingClientRect() ?? new DOMRect();
      return { right: (right - from) / scale, width: width / scale, height: height / scale };
    };
    const side = box(this.sides.top?.element.current);
    return {
      left: wide ? box(this.card.current).right : 0,
      right: wide ? side.width : 0,
      top: 0,
      bottom: (wide ? 0 : side.height) + box(this.timeline.current).height,
    };
  }

  /** That space and a margin, for fitting something into the rest. */
  padding(): Required<PaddingOptions> {
    const { left, right, top, bottom } = this.covered();
    return { left: left + 24, right: right + 24, top: top + (this.kiosk ? 24 : 72), bottom: bottom + 32 };
  }
}
