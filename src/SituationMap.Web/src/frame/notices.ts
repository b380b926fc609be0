/** One plain sentence at the bottom of the map, read out by screen readers. */
export class Notices {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly element: HTMLElement) {}

  /** @param forMilliseconds how long it stays; until it is replaced or cleared when left out */
  show(text: string, forMilliseconds?: number): void {
    clearTimeout(this.#timer);
    if (this.element.textContent !== text) this.element.textContent = text;
    if (forMilliseconds !== undefined) this.#timer = setTimeout(() => this.clear(), forMilliseconds);
  }

  /** Shows it only if nothing else is shown, and it is not cleared, before so many milliseconds are over. */
  later(text: string, milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.show(text), milliseconds);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.element.textContent = '';
  }
}
