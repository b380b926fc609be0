import { type ReadonlySignal, signal } from '@preact/signals';
import { type Icon, LineIcon } from '../theme/icons';

export interface MenuEntry {
  icon: Icon;
  label: string | ReadonlySignal<string>;
  /** Said on hovering, where the label alone is too short. */
  title?: string;
  run: () => void;
  lang?: string;
}

/** The row of buttons at the foot of the card: each feature adds its own. */
export class Menu {
  readonly entries = signal<MenuEntry[]>([]);

  add(entry: MenuEntry): void {
    this.entries.value = [...this.entries.peek(), entry];
  }
}

export function MenuBar({ menu }: { menu: Menu }) {
  return (
    <div class="menu">
      {menu.entries.value.map(({ icon, label, title, run, lang }) => (
        <button key={icon} type="button" title={title} lang={lang} onClick={run}>
          <LineIcon icon={icon} />
          <span>{label}</span>
        </button>
      ))}
    </div>
  );
}
