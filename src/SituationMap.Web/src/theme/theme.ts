import 'virtual:palette.css';
import colours from '../../../../tiles/palette.json';
import type { Status } from '../api/types';
import { Signal } from '../frame/signal';

export type Theme = 'light' | 'dark';
export type PaletteName = 'default' | 'classic';

export const letters: Record<Status | 'checkpoint', string> = colours.letters;

/** The colours by their names in tiles/palette.json, for what is drawn from script. */
export function palette({ theme, palette: name }: Pick<Appearance, 'theme' | 'palette'>): Record<string, string> {
  return { ...colours.default[theme], ...(name === 'classic' ? colours.classic[theme] : {}) } as unknown as Record<
    string,
    string
  >;
}

const remembered = 'situationmap.theme';
const rememberedPalette = 'situationmap.palette';

/** Light or dark: `?theme=`, else what was chosen before, else what the system has; and the palette, `?palette=classic`. */
export class Appearance {
  readonly changed = new Signal();
  #palette: PaletteName;
  #chosen: Theme | null;
  readonly #system = matchMedia('(prefers-color-scheme: dark)');

  constructor(search: string) {
    const query = new URLSearchParams(search);
    const wanted = query.get('theme') ?? localStorage.getItem(remembered);
    this.#chosen = wanted === 'light' || wanted === 'dark' ? wanted : null;
    this.#palette =
      (query.get('palette') ?? localStorage.getItem(rememberedPalette)) === 'classic' ? 'classic' : 'default';
    this.#system.addEventListener('change', () => this.#apply());
    this.#apply();
  }

  get theme(): Theme {
    return this.#chosen ?? (this.#system.matches ? 'dark' : 'light');
  }

  get palette(): PaletteName {
    return this.#palette;
  }

  use(palette: PaletteName): void {
    this.#palette = palette;
    localStorage.setItem(rememberedPalette, palette);
    this.#apply();
  }

  toggle(): void {
    this.#chosen = this.theme === 'dark' ? 'light' : 'dark';
    localStorage.setItem(remembered, this.#chosen);
    this.#apply();
  }

  #apply(): void {
    const root = document.documentElement;
    root.dataset.theme = this.theme;
    root.dataset.palette = this.#palette;
    this.changed.tell();
  }
}
