import { type ReadonlySignal, signal } from '@preact/signals';
import type { IControl } from 'maplibre-gl';
import { createRef, type RefObject, render } from 'preact';
import { type Icon, LineIcon } from '../theme/icons';

export interface Tool {
  icon: Icon;
  label: string;
  run: () => void;
  pressed?: ReadonlySignal<boolean>;
  /** Whether what it opens is open. */
  expanded?: ReadonlySignal<boolean>;
  disabled?: ReadonlySignal<boolean>;
}

/** A column of buttons at the lower right, above the map's own: what moves the map or is done on it. */
export class Tools implements IControl {
  readonly #tools = signal<(Tool & { button: RefObject<HTMLButtonElement | null> })[]>([]);
  readonly #element = document.createElement('div');

  constructor() {
    this.#element.className = 'maplibregl-ctrl maplibregl-ctrl-group tools';
    render(<Buttons of={this.#tools} />, this.#element);
  }

  onAdd(): HTMLElement {
    return this.#element;
  }

  onRemove(): void {
    this.#element.remove();
  }

  /** @returns its button, for the focus to come back to */
  add(tool: Tool): RefObject<HTMLButtonElement | null> {
    const button = createRef<HTMLButtonElement>();
    this.#tools.value = [...this.#tools.peek(), { ...tool, button }];
    return button;
  }
}

function Buttons({ of }: { of: ReadonlySignal<(Tool & { button: RefObject<HTMLButtonElement | null> })[]> }) {
  return (
    <>
      {of.value.map(({ icon, label, run, pressed, expanded, disabled, button }) => (
        <button
          key={icon}
          ref={button}
          type="button"
          aria-label={label}
          title={label}
          aria-pressed={pressed?.value}
          aria-expanded={expanded?.value}
          disabled={disabled?.value ?? false}
          onClick={run}
        >
          <LineIcon icon={icon} />
        </button>
      ))}
    </>
  );
}
