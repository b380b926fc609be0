import { effect, signal } from '@preact/signals';

/** What the page is doing besides showing the map: something at the right side or the foot is open, or a tool is at work. */
export type Doing = 'side' | 'listing' | 'replaying' | 'comparing' | 'measuring' | 'drawing';

/** All that the page is doing at once. The style sheets read it as the words of `data-mode`. */
export class Mode {
  readonly #doing = signal<readonly Doing[]>([]);

  constructor(page: HTMLElement) {
    effect(() => {
      page.dataset.mode = this.#doing.value.join(' ') || 'viewing';
    });
  }

  set(doing: Doing, on: boolean): void {
    if (this.is(doing) === on) return;
    const others = this.#doing.peek().filter((one) => one !== doing);
    this.#doing.value = on ? [...others, doing] : others;
  }

  /** Whether it is doing one of these. */
  is(...any: Doing[]): boolean {
    return this.#doing.value.some((one) => any.includes(one));
  }
}
