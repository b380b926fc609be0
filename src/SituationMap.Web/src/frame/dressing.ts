import type { Map as MapLibreMap, StyleSpecification } from 'maplibre-gl';

export type Dress = (style: StyleSpecification) => StyleSpecification;

/**
 * What the page does to the composed style before the map has it: layers hidden or faded, tiles of a past instant, sources of its
 * own. So it survives every change of style, and one look at it says what is drawn.
 */
export class Dressing {
  readonly #dresses: Dress[] = [];
  #url = '';

  constructor(private readonly map: MapLibreMap) {}

  add(dress: Dress): void {
    this.#dresses.push(dress);
  }

  /** Shows this style, dressed. */
  show(url: string): void {
    this.#url = url;
    this.map.setStyle(url, { transformStyle: (_, next) => this.#dresses.reduce((style, dress) => dress(style), next) });
  }

  /** Dresses the style anew. */
  again(): void {
    this.show(this.#url);
  }
}
