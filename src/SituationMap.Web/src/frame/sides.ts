import { type Signal, signal } from '@preact/signals';
import { createRef } from 'preact';
import { Emitter } from '../ui/emitter';
import type { Mode } from './mode';

/** Something that takes the right side of the page while it is open. */
export class Side {
  readonly shown: Signal<boolean> = signal(false);
  readonly element = createRef<HTMLElement>();

  /** @param uncovered it was covered by another one that is closed now */
  constructor(readonly uncovered: () => void = () => undefined) {}
}

/** The right side of the page: one thing at a time. What was open before comes back when the one above it is closed. */
export class Sides {
  readonly changed = new Emitter();
  #open: Side[] = [];

  constructor(private readonly mode: Mode) {}

  show(side: Side): void {
    this.#open = [...this.#open.filter((one) => one !== side), side];
    this.#apply();
  }

  hide(side: Side): void {
    const wasTop = this.top === side;
    if (!this.#open.includes(side)) return;
    this.#open = this.#open.filter((one) => one !== side);
    side.shown.value = false;
    this.#apply();
    if (wasTop) this.top?.uncovered();
  }

  get top(): Side | undefined {
    return this.#open.at(-1);
  }

  #apply(): void {
    for (const side of this.#open) side.shown.value = side === this.top;
    this.mode.set('side', this.top !== undefined);
    this.changed.emit();
  }
}
