import type { Map as MapLibreMap, StyleSpecification } from 'maplibre-gl';
import { enlarged, enlargement } from '../theme/enlarged';

/** @param shown what the map shows until then; undefined at first */
export type Dress = (style: StyleSpecification, shown: StyleSpecification | undefined) => StyleSpecification;

/**
 * What the page does to the composed style before the map has it: layers hidden or faded, tiles of a past instant,
 * sources of its own. So it survives every change of style, and one look at it says what is drawn.
 */
export class Dressing {
  readonly #dresses: Dress[] = [];
  #url = '';
  #enlargement = 1;

  constructor(private readonly map: MapLibreMap) {
    // the window may have gone to another screen
    map.on('resize', () => this.#enlargement !== enlargement() && this.again());
  }

  add(dress: Dress): void {
    this.#dresses.push(dress);
  }

  /** Shows this style, dressed, and as large as the screen asks for. */
  show(url: string): void {
    this.#url = url;
    this.#enlargement = enlargement();
    this.map.setStyle(url, {
      transformStyle: (shown, next) =>
        enlarged(
          this.#dresses.reduce((style, dress) => dress(style, shown), next),
          this.#enlargement,
        ),
    });
  }

  /** The style at an address, dressed, for another map than the page's. */
  async of(url: string): Promise<StyleSpecification> {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return this.#dresses.reduce((style, dress) => dress(style, undefined), (await answer.json()) as StyleSpecification);
  }

  /** Dresses the style anew; one that is yet to come is dressed when it comes. */
  again(): void {
    if (this.#url !== '') this.show(this.#url);
  }
}
