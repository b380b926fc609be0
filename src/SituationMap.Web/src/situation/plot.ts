import uPlot from 'uplot';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import 'uplot/dist/uPlot.min.css';

export interface Curve {
  stroke: string;
  dash?: number[];
  values: readonly number[];
}

/**
 * Draws curves over instants, in seconds since 1970, into a frame. It comes with its library when the first chart is
 * shown.
 */
export function plot(
  frame: HTMLElement,
  height: number,
  instants: readonly number[],
  curves: readonly Curve[],
  ink: string,
  { t, times }: { t: Translator; times: Times },
): uPlot {
  const axis = {
    stroke: ink,
    grid: { stroke: `${ink}22`, width: 1 },
    ticks: { show: false },
    font: '12px sans-serif',
  };
  return new uPlot(
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
        ...curves.map(({ stroke, dash }) => ({
          stroke,
          width: 2,
          points: { show: false },
          ...(dash ? { dash } : {}),
        })),
      ],
    },
    [[...instants], ...curves.map(({ values }) => [...values])],
    frame,
  );
}
