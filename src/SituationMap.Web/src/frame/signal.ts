/** Tells all who listen. */
export class Signal<Value = void> {
  readonly #listeners = new Set<(value: Value) => void>();

  /** @returns takes the listener away again */
  on(listener: (value: Value) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  tell(value: Value): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}
