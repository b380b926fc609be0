import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { type ComponentChild, render } from 'preact';
import '../ui/rendering';

/** Places of the page, in the order in which the keyboard goes through them. index.html has each as `data-slot`. */
const onPage = [
  'beside',
  'card',
  'rail',
  'top',
  'bottom',
  'side',
  'timeline',
  'notice',
  'dialogs',
  'dock',
  'paper',
] as const;
/** Places within others: what the card explains, and what stands behind the rail's button of the account. */
const inOthers = ['layers', 'account'] as const;

export type Slot = (typeof onPage)[number] | (typeof inOthers)[number];

/** Where features put what they show. */
export class Slots {
  readonly #contents = Object.fromEntries(
    [...onPage, ...inOthers].map((slot) => [slot, signal<ComponentChild[]>([])]),
  ) as Record<Slot, Signal<ComponentChild[]>>;

  constructor(page: ParentNode) {
    for (const slot of onPage) {
      const host = page.querySelector(`[data-slot=${slot}]`);
      if (!host) throw new Error(`index.html has no slot ${slot}`);
      render(<Contents of={this.#contents[slot]} />, host);
    }
  }

  /** Puts it after what is there already. */
  put(slot: Slot, content: ComponentChild): void {
    this.#contents[slot].value = [...this.#contents[slot].peek(), content];
  }

  /** What was put into a place within another. */
  within(slot: (typeof inOthers)[number]): ComponentChild {
    return <Contents of={this.#contents[slot]} />;
  }
}

function Contents({ of }: { of: ReadonlySignal<ComponentChild[]> }) {
  return <>{of.value}</>;
}
