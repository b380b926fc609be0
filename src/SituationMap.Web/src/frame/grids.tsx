import { signal } from '@preact/signals';
import { api } from '../api/client';
import type { GridCounts } from '../api/types';
import type { Translator } from '../i18n/messages';

/** The grids that one may choose among, asked for once. */
export class Grids {
  readonly all = signal<readonly GridCounts[]>([]);

  /** Whatever shows them stands without them: with codes in place of names, and no choice but all. */
  async load(): Promise<void> {
    if (this.all.peek().length > 0) return;
    try {
      this.all.value = (await api.grids()).grids;
    } catch {
      // they are asked for again next time
    }
  }

  nameOf(code: string): string {
    return this.all.value.find((grid) => grid.code === code)?.name ?? code;
  }
}

interface GridChoiceProps {
  grids: Grids;
  /** The chosen one's code; null: all of them. */
  grid: string | null;
  /** What it is called; left out where a label is for its `id`. */
  label?: string;
  id?: string;
  choose: (grid: string | null) => void;
  t: Translator;
}

export function GridChoice({ grids, grid, label, id, choose, t }: GridChoiceProps) {
  return (
    <select
      id={id}
      aria-label={label}
      value={grid ?? ''}
      onChange={(event) => choose(event.currentTarget.value || null)}
    >
      <option value="">{t('changes.grid.all')}</option>
      {grids.all.value.map(({ code, name }) => (
        <option key={code} value={code}>
          {name}
        </option>
      ))}
    </select>
  );
}
