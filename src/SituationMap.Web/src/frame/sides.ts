import { Signal } from './signal';

/** Something that takes the right side of the page while it is open. */
export interface Side {
  element: HTMLElement;
  /** It was covered by another one that is closed now. */
  uncovered?: () => void;
}

/** The right side of the page: one thing at a time. What was open before comes back when the one above it is closed. */
export class Sides {
  readonly changed = new Signal();
  #open: Side[] = [];

  show(side: Side): void {
    this.#open = [...this.#open.filter((one) => one !== side), side];
    this.#apply();
  }

  hide(side: Side): void {
    const wasTop = this.top === side;
    if (!this.#open.includes(side)) return;
    this.#open = this.#open.filter((one) => one !== side);
    side.element.hidden = true;
    this.#apply();
    if (wasTop) this.top?.uncovered?.();
  }

  get top(): Side | undefined {
    return this.#open.at(-1);
  }

  #apply(): void {
    for (const side of this.#open) side.element.hidden = side !== this.top;
    document.body.classList.toggle('drawer-open', this.top !== undefined);
    this.changed.tell();
  }
}
