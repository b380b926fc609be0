import type { Map as MapLibreMap, StyleSpecification } from 'maplibre-gl';

/** @param shown what the map shows until then; undefined at first */
export type Dress = (style: StyleSpecification, shown: StyleSpecification | undefined) => StyleSpecification;

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
    this.map.setStyle(url, { transformStyle: (shown, next) => this.#dresses.reduce((style, dress) => dress(style, shown), next) });
  }

  /** The style at an address, dressed, for another map than the page's. */
  async of(url: string): Promise<StyleSpecification> {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return this.#dresses.reduce((style, dress) => dress(style, undefined), (await answer.json()) as StyleSpecification);
  }

  /** Dresses the style anew. */
  again(): void {
    this.show(this.#url);
  }
}
