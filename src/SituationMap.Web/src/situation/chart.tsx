import { signal } from '@preact/signals';
import { type ComponentChild, createRef } from 'preact';
import type uPlot from 'uplot';
import { api } from '../api/client';
import { type Status, statuses } from '../api/types';
import type { SessionParts } from '../frame/parts';
import { Chip } from '../theme/chip';
import { palette } from '../theme/theme';

const days = 30;
const height = 130;
const drawn = statuses.filter((status) => status !== 'healthy');
const dashes: Partial<Record<Status, number[]>> = { out: [6, 3], observed: [2, 2] };

export interface Chart {
  content: ComponentChild;
  show: (grid: string) => Promise<void>;
  /** The room for it may be another one. */
  fit: () => void;
}

/** How the counts of a grid went over the last month: a line per status that restricts or is away. */
export function chart({ t, times, appearance, time }: SessionParts): Chart {
  const frame = createRef<HTMLDivElement>();
  const failed = signal(false);
  const words = signal<string | undefined>(undefined);
  let plot: typeof import('./plot').plot | null = null;
  let shown: uPlot | null = null;
  let of: string | null = null;
  let series: { instants: number[]; counts: Map<Status, number[]> } | null = null;
  appearance.changed.on(() => draw());
  time.changed.on(() => of !== null && void show(of));

  const View = () => (
    <section>
      <h3>{t('situation.chart', { days })}</h3>
      <ul class="tally">
        {drawn.map((status) => (
          <li key={status}>
            <Chip status={status} />
            {t(`status.${status}`)}
          </li>
        ))}
      </ul>
      {failed.value ? <p class="second">{t('list.failed')}</p> : null}
      <div class="chart" role="img" ref={frame} hidden={failed.value} aria-label={words.value} />
    </section>
  );
  return {
    content: <View />,
    show,
    fit: () => {
      if (shown === null || shown.width !== frame.current?.clientWidth) draw();
    },
  };

  async function show(grid: string): Promise<void> {
    of = grid;
    try {
      plot ??= (await import('./plot')).plot;
      const to = time.moment === null ? new Date() : new Date(time.moment.at);
      const from = new Date(to.getTime() - days * 86_400_000);
      const until = time.moment === null ? {} : { to: to.toISOString() };
      const { points } = await api.series(grid, { from: from.toISOString(), ...until, steps: String(days * 4) });
      if (grid !== of) return;
      series = {
        instants: points.map(({ at }) => Date.parse(at) / 1000),
        counts: new Map(drawn.map((status) => [status, points.map((point) => point[status])])),
      };
      const [first, last] = [points[0]!, points.at(-1)!];
      const line = (status: Status) =>
        t('situation.chart.line', { status: t(`status.${status}`), from: first[status], to: last[status] });
      words.value = drawn.map(line).join(t('list.separator'));
      failed.value = false;
      draw();
    } catch {
      failed.value = true;
    }
  }

  function draw(): void {
    shown?.destroy();
    shown = null;
    if (!plot || !series || !frame.current || frame.current.clientWidth === 0) return;
    const colours = palette(appearance);
    const curves = drawn.map((status) => ({
      stroke: colours[`${status}-text`]!,
      values: series!.counts.get(status)!,
      ...(dashes[status] ? { dash: dashes[status] } : {}),
    }));
    shown = plot(frame.current, height, series.instants, curves, colours['text-second']!, { t, times });
  }
}
