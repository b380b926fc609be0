/** Something that happens: all who listen are called, in their order. What is so at any time is a signal instead. */
export class Emitter<Value = void> {
  readonly #listeners = new Set<(value: Value) => void>();

  /** @returns takes the listener away again */
  on(listener: (value: Value) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(value: Value): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}
