import 'virtual:palette.css';
import { type Signal, signal } from '@preact/signals';
import colours from '../../../../tiles/palette.json';
import type { Status } from '../api/types';
import { Emitter } from '../ui/emitter';

export type Theme = 'light' | 'dark';
export type PaletteName = 'default' | 'classic';

export const letters: Record<Status | 'checkpoint', string> = colours.letters;
export const fonts: Record<'normal' | 'bold', string[]> = colours.fonts;

/** The colours by their names in tiles/palette.json, for what is drawn from script. */
export function palette({ theme, palette: name }: Pick<Appearance, 'theme' | 'palette'>): Record<string, string> {
  return { ...colours.default[theme], ...(name === 'classic' ? colours.classic[theme] : {}) } as unknown as Record<
    string,
    string
  >;
}

const remembered = 'situationmap.theme';
const rememberedPalette = 'situationmap.palette';

/**
 * Light or dark: `?theme=`, else what was chosen before, else what the system has; and the palette, `?palette=classic`.
 */
export class Appearance {
  /** After the page has it. */
  readonly changed = new Emitter();
  readonly #palette: Signal<PaletteName>;
  readonly #chosen: Signal<Theme | null>;
  readonly #system = matchMedia('(prefers-color-scheme: dark)');
  readonly #systemIsDark = signal(this.#system.matches);

  constructor(search: string) {
    const query = new URLSearchParams(search);
    const wanted = query.get('theme') ?? localStorage.getItem(remembered);
    this.#chosen = signal(wanted === 'light' || wanted === 'dark' ? wanted : null);
    const palette = query.get('palette') ?? localStorage.getItem(rememberedPalette);
    this.#palette = signal(palette === 'classic' ? 'classic' : 'default');
    this.#system.addEventListener('change', () => {
      this.#systemIsDark.value = this.#system.matches;
      this.#apply();
    });
    this.#apply();
  }

  get theme(): Theme {
    return this.#chosen.value ?? (this.#systemIsDark.value ? 'dark' : 'light');
  }

  get palette(): PaletteName {
    return this.#palette.value;
  }

  use(palette: PaletteName): void {
    this.#palette.value = palette;
    localStorage.setItem(rememberedPalette, palette);
    this.#apply();
  }

  toggle(): void {
    const theme = this.theme === 'dark' ? 'light' : 'dark';
    this.#chosen.value = theme;
    localStorage.setItem(remembered, theme);
    this.#apply();
  }

  #apply(): void {
    const root = document.documentElement;
    root.dataset.theme = this.theme;
    root.dataset.palette = this.palette;
    this.changed.emit();
  }
}
