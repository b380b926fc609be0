import 'virtual:palette.css';
import palette from '../../../../tiles/palette.json';
import type { Status } from '../api/types';

export type Theme = 'light' | 'dark';
export type PaletteName = 'default' | 'classic';

export const letters: Record<Status | 'checkpoint', string> = palette.letters;

const remembered = 'situationmap.theme';

/** Light or dark: `?theme=`, else what was chosen before, else what the system has; and the palette, `?palette=classic`. */
export class Appearance {
  readonly palette: PaletteName;
  #chosen: Theme | null;
  #listeners: (() => void)[] = [];
  readonly #system = matchMedia('(prefers-color-scheme: dark)');

  constructor(search: string) {
    const query = new URLSearchParams(search);
    const wanted = query.get('theme') ?? localStorage.getItem(remembered);
    this.#chosen = wanted === 'light' || wanted === 'dark' ? wanted : null;
    this.palette = query.get('palette') === 'classic' ? 'classic' : 'default';
    this.#system.addEventListener('change', () => this.#apply());
    this.#apply();
  }

  get theme(): Theme {
    return this.#chosen ?? (this.#system.matches ? 'dark' : 'light');
  }

  toggle(): void {
    this.#chosen = this.theme === 'dark' ? 'light' : 'dark';
    localStorage.setItem(remembered, this.#chosen);
    this.#apply();
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #apply(): void {
    const root = document.documentElement;
    root.dataset['theme'] = this.theme;
    root.dataset['palette'] = this.palette;
    for (const listener of this.#listeners) listener();
  }
}
