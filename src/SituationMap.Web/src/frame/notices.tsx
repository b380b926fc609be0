import { signal } from '@preact/signals';

/** One plain sentence at the bottom of the map, read out by screen readers. */
export class Notices {
  readonly text = signal('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param forMilliseconds how long it stays; until it is replaced or cleared when left out */
  show(text: string, forMilliseconds?: number): void {
    clearTimeout(this.#timer);
    this.text.value = text;
    if (forMilliseconds !== undefined) this.#timer = setTimeout(() => this.clear(), forMilliseconds);
  }

  /** Shows it only if nothing else is shown, and it is not cleared, before so many milliseconds are over. */
  later(text: string, milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.show(text), milliseconds);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.text.value = '';
  }
}

export function Notice({ notices }: { notices: Notices }) {
  return (
    <div id="notice" role="status" aria-live="polite">
      {notices.text.value}
    </div>
  );
}
