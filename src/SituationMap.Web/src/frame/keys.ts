import { signal } from '@preact/signals';
import type { MessageKey } from '../i18n/messages';

export interface Shortcut {
  /** As `KeyboardEvent.key` has it, such as `/` or `?`. */
  key: string;
  does: MessageKey;
  run: () => void;
}

/** Shortcuts of one key each, which the help lists. They rest while somebody writes. */
export class Shortcuts {
  readonly all = signal<Shortcut[]>([]);

  constructor() {
    document.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || writing(event.target)) return;
      const shortcut = this.all.peek().find(({ key }) => key === event.key);
      if (!shortcut) return;
      event.preventDefault();
      shortcut.run();
    });
  }

  add(key: string, does: MessageKey, run: () => void): void {
    this.all.value = [...this.all.peek(), { key, does, run }];
  }
}

function writing(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches('input:not([type=range], [type=checkbox], [type=radio]), textarea, select'))
  );
}
