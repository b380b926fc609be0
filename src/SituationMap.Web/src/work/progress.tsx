import { type ReadonlySignal, signal } from '@preact/signals';
import { api } from '../api/client';
import type { GridWork } from '../api/types';
import type { Grids } from '../frame/grids';
import type { Translator } from '../i18n/messages';
import { throttle } from '../ui/throttle';

/** How far the round is: of a grid, or of all that may be seen, and of the grids next below. */
export class Progress {
  readonly #rows = signal<readonly GridWork[]>([]);
  #grid: string | null = null;
  #took = 0; // ms
  readonly #refresh = throttle(
    300,
    () => this.#load(),
    // what takes long is asked for seldom
    () => 20 * this.#took,
  );

  /** The first is the sum of the others, where there are others. */
  get rows(): ReadonlySignal<readonly GridWork[]> {
    return this.#rows;
  }

  show(grid: string | null): void {
    if (grid !== this.#grid) this.#rows.value = [];
    this.#grid = grid;
    this.#refresh();
  }

  async #load(): Promise<void> {
    const [grid, began] = [this.#grid, performance.now()];
    try {
      const { grids } = await api.workCounts(grid === null ? {} : { grid });
      this.#took = performance.now() - began;
      if (grid === this.#grid) this.#rows.value = narrowed(grids);
    } catch {
      // what is shown stays; the list says that it could not be fetched
    }
  }
}

/** The grids asked for and those next below the first that has several; all further down are in their sums. */
export function narrowed(grids: readonly GridWork[]): readonly GridWork[] {
  const known = new Set(grids.map(({ grid }) => grid));
  const tops = grids.filter(({ parent }) => parent === null || !known.has(parent));
  if (tops.length !== 1) return tops;
  const below = grids.filter(({ parent }) => parent === tops[0]!.grid);
  return below.length === 1 ? narrowed(grids.filter((one) => one !== tops[0])) : [tops[0]!, ...below];
}

interface ProgressTableProps {
  progress: Progress;
  grids: Grids;
  /** Shows the round of a grid. */
  choose: (grid: string) => void;
  t: Translator;
}

export function ProgressTable({ progress, grids, choose, t }: ProgressTableProps) {
  const rows = progress.rows.value;
  if (rows.length === 0) return null;
  return (
    <table class="progress">
      <caption>{t('work.progress')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('work.progress.grid')}</th>
          {(['done', 'due', 'late', 'critical'] as const).map((count) => (
            <th key={count} scope="col">
              {t(`work.progress.${count}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ grid, done, due, late, critical }) => (
          <tr key={grid} data-grid={grid}>
            <th scope="row">
              <button type="button" class="link" onClick={() => choose(grid)}>
                {grids.nameOf(grid)}
              </button>
              <progress
                value={done}
                max={Math.max(1, done + due + late + critical)}
                aria-label={t('work.progress.of', {
                  done: t.number(done),
                  all: t.number(done + due + late + critical),
                })}
              />
            </th>
            <td data-count="done">{t.number(done)}</td>
            <td>{t.number(due)}</td>
            <td>{t.number(late)}</td>
            <td class={critical > 0 ? 'critical' : undefined}>{t.number(critical)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
