import type { RefObject } from 'preact';
import type { Side, Sides } from './sides';

/** How a panel at the side is opened and closed: Escape closes it, and the focus goes back to where it was. */
export class Opening {
  #opener: Element | null = null;
  #isIn = false;

  /** @param closed after it was closed, whoever did */
  constructor(
    private readonly sides: Sides,
    private readonly side: Side,
    private readonly title: RefObject<HTMLElement | null>,
    private readonly closed: () => void = () => undefined,
  ) {
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape' || event.defaultPrevented || !this.isOpen) return;
      event.preventDefault();
      this.close();
    });
  }

  /** Whether nothing lies above it. */
  get isOpen(): boolean {
    return this.sides.top === this.side;
  }

  /** Whether it was opened and not closed, be it that something lies above it. */
  get isIn(): boolean {
    return this.#isIn;
  }

  show(): void {
    if (!this.isOpen) this.#opener = document.activeElement;
    this.#isIn = true;
    this.sides.show(this.side);
    this.title.current?.focus({ preventScroll: true });
  }

  readonly close = (): void => {
    this.#isIn = false;
    this.sides.hide(this.side);
    this.closed();
    if (this.#opener instanceof HTMLElement) this.#opener.focus();
  };
}
