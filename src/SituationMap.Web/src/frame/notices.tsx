import { signal } from '@preact/signals';

/** One plain sentence at the bottom of the map, read out by screen readers. */
export class Notices {
  readonly text = signal('');
  #timer: ReturnType<typeof setTimeout> | undefined;
  #goesByItself = false;

  /** @param forMilliseconds how long it stays; until it is replaced or cleared when left out */
  show(text: string, forMilliseconds?: number): void {
    clearTimeout(this.#timer);
    this.text.value = text;
    this.#goesByItself = forMilliseconds !== undefined;
    if (this.#goesByItself) this.#timer = setTimeout(() => this.show(''), forMilliseconds);
  }

  /** Shows it only if nothing else is shown, and it is not cleared, before so many milliseconds are over. */
  later(text: string, milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.show(text), milliseconds);
  }

  /** Takes away what stays until then; a sentence for some time is left to be read. */
  clear(): void {
    if (!this.#goesByItself || this.text.value === '') this.show('');
  }
}

export function Notice({ notices }: { notices: Notices }) {
  return (
    <div id="notice" role="status" aria-live="polite">
      {notices.text.value}
    </div>
  );
}
