import type { Map as MapLibreMap } from 'maplibre-gl';
import { reducedMotion } from '../ui/page';
import { ringsOf } from './selection';

const duration = 1_500; // ms
const gather = 120; // ms; changes that come together are looked up together
const most = 40; // at once: beyond that it is not a hint any more but unrest
const standing = 0.2; // the part of its time whose shape a ring has before its first step
const step = 80; // ms; each composes the whole page anew, which costs much where no graphics processor does it
const late = 500; // ms that a frame may take; on a machine with more to do than it can a ring stands still, and is drawn once

interface Pulse {
  path: SVGPathElement;
  begun: number;
  rings: [number, number][][];
}

/**
 * Rings that open once around buildings that just changed. They are drawn above the map, so that a pulse does not make
 * the map draw itself, and in steps.
 */
export class Pulses {
  readonly #waiting = new Map<number, string>();
  readonly #running = new Set<Pulse>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the last step was drawn. */
  #drawn = 0;
  #stepping: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly map: MapLibreMap,
    private readonly layer: SVGElement,
  ) {
    map.on('move', () => {
      for (const pulse of this.#running) this.#locate(pulse);
    });
  }

  /** @param status the class that gives the ring its colour */
  pulse(building: number, status: string): void {
    if (reducedMotion() || document.hidden) return;
    this.#waiting.set(building, status);
    this.#timer ??= setTimeout(() => requestAnimationFrame(() => this.#begin()), gather);
  }

  #begin(): void {
    this.#timer = undefined;
    const waiting = new Map(this.#waiting);
    this.#waiting.clear();
    if (!this.map.getLayer('buildings')) return;
    const features = this.map.queryRenderedFeatures({
      layers: ['buildings'],
      filter: ['in', ['id'], ['literal', [...waiting.keys()]]],
    });
    const rings = new Map<number, [number, number][][]>();
    for (const feature of features)
      rings.set(feature.id as number, [...(rings.get(feature.id as number) ?? []), ...ringsOf(feature)]);
    for (const [building, outline] of rings) {
      if (this.#running.size >= most) break;
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('class', `pulse ${waiting.get(building)}`);
      const pulse = { path, rings: outline, begun: performance.now() };
      this.#running.add(pulse);
      this.#locate(pulse);
      open(path, standing);
      this.layer.append(path);
    }
    this.#drawn = performance.now();
    this.#stepping ??= setInterval(() => this.#step(), step);
  }

  #step(): void {
    const isLate = performance.now() - this.#drawn > late;
    for (const pulse of this.#running) {
      const part = (performance.now() - pulse.begun) / duration;
      if (part < 1) {
        if (!isLate) open(pulse.path, part);
        continue;
      }
      pulse.path.remove();
      this.#running.delete(pulse);
    }
    requestAnimationFrame(() => {
      this.#drawn = performance.now();
    });
    if (this.#running.size > 0) return;
    clearInterval(this.#stepping);
    this.#stepping = undefined;
  }

  #locate({ path, rings }: Pulse): void {
    path.setAttribute(
      'd',
      rings
        .map(
          (ring) =>
            `M${ring
              .map((position) => {
                const { x, y } = this.map.project(position);
                return `${x.toFixed(1)},${y.toFixed(1)}`;
              })
              .join('L')}Z`,
        )
        .join(''),
    );
  }
}

/** How wide and how strong the ring is at a part of its time: it comes at once, then opens and fades. */
function open(path: SVGPathElement, part: number): void {
  const coming = Math.min(1, part / 0.12);
  const fading = 1 - (1 - Math.max(0, (part - 0.12) / 0.88)) ** 2;
  path.setAttribute('stroke-width', (2 + 10 * coming + 16 * fading).toFixed(1));
  path.setAttribute('opacity', (0.75 * coming * (1 - fading)).toFixed(2));
}
