import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { api } from '../api/client';
import { statuses } from '../api/types';
import { h } from '../dom';
import type { Viewer } from '../frame/viewer';
import { chip } from '../legend/card';
import { palette } from '../theme/theme';

const days = 30;
const height = 130;

/** How the counts of a grid went over the last month: a line per status that restricts or is away. */
export function chart({ t, times, appearance, time }: Viewer): {
  element: HTMLElement;
  show: (grid: string) => Promise<void>;
  fit: () => void;
} {
  const frame = h('div', { class: 'chart', role: 'img' });
  const drawnStatuses = statuses.filter((status) => status !== 'healthy');
  const legend = h(
    'ul',
    { class: 'tally' },
    ...drawnStatuses.map((status) => h('li', {}, chip(status), t(`status.${status}`))),
  );
  const element = h('section', {}, h('h3', {}, t('situation.chart', { days })), legend, frame);
  let plot: uPlot | null = null;
  let shown: string | null = null;
  let data: uPlot.AlignedData = [[]];
  appearance.changed.on(() => draw());
  time.changed.on(() => shown !== null && void show(shown));

  async function show(grid: string): Promise<void> {
    shown = grid;
    try {
      const to = time.moment === null ? new Date() : new Date(time.moment.at);
      const from = new Date(to.getTime() - days * 86_400_000);
      const { points } = await api.series(grid, {
        from: from.toISOString(),
        ...(time.moment === null ? {} : { to: to.toISOString() }),
        steps: String(days * 4),
      });
      if (grid !== shown) return;
      data = [
        points.map(({ at }) => Date.parse(at) / 1000),
        ...drawnStatuses.map((status) => points.map((point) => point[status])),
      ];
      const [first, last] = [points[0]!, points.at(-1)!];
      frame.setAttribute(
        'aria-label',
        drawnStatuses
          .map((status) =>
            t('situation.chart.line', { status: t(`status.${status}`), from: first[status], to: last[status] }),
          )
          .join(t('list.separator')),
      );
      draw();
    } catch {
      frame.replaceChildren(h('p', { class: 'second' }, t('list.failed')));
    }
  }

  function draw(): void {
    plot?.destroy();
    plot = null;
    if (data[0]!.length === 0 || frame.clientWidth === 0) return;
    const colours = palette(appearance);
    const axis = {
      stroke: colours['text-second']!,
      grid: { stroke: `${colours['text-second']}22`, width: 1 },
      ticks: { show: false },
      font: '12px sans-serif',
    };
    frame.replaceChildren();
    plot = new uPlot(
      {
        width: frame.clientWidth,
        height,
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 4, 0, 0],
        scales: { y: { range: (_, __, max) => [0, Math.max(4, max * 1.1)] } },
        axes: [
          { ...axis, space: 70, values: (_, splits) => splits.map((second) => times.shortDay(second * 1000)) },
          {
            ...axis,
            size: 38,
            space: 34,
            incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000],
            values: (_, splits) => splits.map((n) => t.number(n)),
          },
        ],
        series: [
          {},
          ...drawnStatuses.map((status) => ({
            stroke: colours[`${status}-text`]!,
            width: 2,
            points: { show: false },
            ...(status === 'out' ? { dash: [6, 3] } : status === 'observed' ? { dash: [2, 2] } : {}),
          })),
        ],
      },
      data,
      frame,
    );
  }

  return {
    element,
    show,
    fit: () => {
      if (plot === null || plot.width !== frame.clientWidth) draw();
    },
  };
}
