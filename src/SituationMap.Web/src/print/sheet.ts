import { api } from '../api/client';
import { type Box, type GridSummary, statuses } from '../api/types';
import { h } from '../dom';
import type { Viewer } from '../frame/viewer';
import type { MessageKey } from '../i18n/messages';
import { chip } from '../legend/card';
import { letters } from '../theme/theme';
import { type Picture, picture, seen } from './picture';
import './print.css';

type Paper = 'A4' | 'A3';

/** What of a sheet is printed on, in pixels of the page, 96 to the inch; and how tall a line of its text is. As in print.css. */
const papers: Record<Paper, { width: number; height: number; line: number }> = {
  A4: { width: 1046, height: 710, line: 26 },
  A3: { width: 1496, height: 1024, line: 36 },
};

/** The situation on paper: one sheet of what is shown, or a book with a page per grid. The browser prints it or makes a PDF. */
export function printing(viewer: Viewer): void {
  const { t, menu, keys, main, place, notices } = viewer;
  const pages = h('section', { id: 'sheets', 'aria-hidden': 'true', 'data-theme': 'light' });
  const paper = h(
    'select',
    { id: 'paper', 'aria-label': t('print.paper') },
    ...(['A4', 'A3'] as const).map((name) => h('option', { value: name }, name)),
  );
  const state = h('p', { class: 'second', role: 'status' });
  const one = h('button', { type: 'button', class: 'primary', onclick: () => void make(false) }, t('print.sheet'));
  const book = h('button', { type: 'button', onclick: () => void make(true) }, t('print.book'));
  const dialog = h(
    'dialog',
    { id: 'print', 'aria-labelledby': 'print-title' },
    h(
      'header',
      {},
      h('h2', { id: 'print-title' }, t('print.label')),
      h('button', {
        type: 'button',
        class: 'icon close',
        'aria-label': t('panel.close'),
        onclick: () => dialog.close(),
      }),
    ),
    h(
      'div',
      { class: 'body' },
      h('p', {}, t('print.does')),
      h('label', {}, t('print.paper'), paper),
      h('div', { class: 'buttons' }, one, book),
      state,
    ),
  );
  main.append(dialog);
  document.body.append(pages);
  menu.add({ icon: 'print', label: t('print.label'), run: () => dialog.showModal() });
  keys.add('p', 'print.label', () => dialog.showModal());

  async function make(all: boolean): Promise<void> {
    if (place.grid === null) return notices.show(t('card.empty'), 5_000);
    for (const button of [one, book]) button.disabled = true;
    try {
      const size = paper.value as Paper;
      document.documentElement.dataset.paper = size;
      const whole = await api.summary(place.grid, viewer.time.query);
      const sheets = [{ summary: whole, bounds: null as Box | null }];
      for (const child of all ? whole.children : [])
        sheets.push({ summary: await api.summary(child.code, viewer.time.query), bounds: child.bounds });
      pages.replaceChildren();
      pages.dataset.palette = viewer.appearance.palette;
      for (const [index, { summary, bounds }] of sheets.entries()) {
        state.textContent = t('print.making', { n: index + 1, of: sheets.length });
        const { width, height, line } = papers[size];
        const lines = summary.children.length + 6; // the heads, the sum, the title, the legend, the zones and the foot
        pages.append(
          page(
            summary,
            await picture(viewer, all ? (bounds ?? place.bounds) : seen(viewer), {
              width,
              height: Math.max(height / 3, height - lines * line - 34),
            }),
            viewer,
            index + 1,
            sheets.length,
          ),
        );
      }
      state.textContent = '';
      dialog.close();
      window.print();
    } catch {
      state.textContent = t('print.failed');
    } finally {
      for (const button of [one, book]) button.disabled = false;
    }
  }
}

function page(
  summary: GridSummary,
  { image, aspect, bar, attribution }: Picture,
  { t, times, time, name, session }: Viewer,
  number: number,
  of: number,
): HTMLElement {
  const scaleBar = h('div', { class: 'scale-bar' }, bar.text);
  scaleBar.style.width = `${bar.part * 100}%`;
  const figure = h('figure', {}, image, scaleBar, h('div', { class: 'north' }, t('print.north')));
  figure.style.aspectRatio = String(aspect);
  const at =
    time.moment === null
      ? t('print.at', { time: times.dated(summary.asOf) })
      : t(`live.past.${time.moment.known}`, { time: times.dated(time.moment.at) });
  const row = (
    label: string,
    grid: { households: number; surveyed: number; persons: number } & Record<(typeof statuses)[number], number>,
    sum = false,
  ) =>
    h(
      'tr',
      sum ? { class: 'sum' } : {},
      h('th', { scope: 'row' }, label),
      ...statuses.map((status) => h('td', {}, t.number(grid[status]))),
      h('td', {}, t.number(grid.households)),
      h('td', {}, t.number(grid.households - grid.surveyed)),
      h('td', {}, t.number(grid.persons)),
    );
  const heads: MessageKey[] = ['print.households', 'card.unsurveyed', 'print.persons'];
  return h(
    'article',
    { class: 'sheet' },
    h(
      'header',
      {},
      h('h1', {}, summary.name === name ? `${name} · ${t('title')}` : `${name} · ${summary.name}`),
      h('p', {}, at),
    ),
    figure,
    h(
      'ul',
      { class: 'legend' },
      ...statuses.map((status) => h('li', {}, chip(status), t(`status.${status}`))),
      h('li', {}, h('span', { class: 'chip unsurveyed' }), t('card.unsurveyed')),
      h('li', {}, h('span', { class: 'chip zone' }), t('layer.zones')),
      h('li', {}, h('span', { class: 'chip post' }, letters.checkpoint), t('layer.checkpoints')),
      h('li', {}, `→ ${letters.checkpoint} ${t('layers.passage.in')}`),
      h('li', {}, `${letters.checkpoint} → ${t('layers.passage.out')}`),
    ),
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, t('situation.grid')),
          ...statuses.map((status) => h('th', { scope: 'col' }, t(`status.${status}`))),
          ...heads.map((head) => h('th', { scope: 'col' }, t(head))),
        ),
      ),
      h(
        'tbody',
        {},
        ...summary.children.map((child) => row(child.name, child)),
        row(summary.children.length > 0 ? t('situation.sum') : summary.name, summary, true),
      ),
    ),
    summary.zones.length === 0
      ? h('p', {}, t('card.zones.none'))
      : h(
          'p',
          {},
          `${t('situation.zones')}: ${summary.zones.map((zone) => `${zone.name} (${t.or(`level.${zone.level}`, zone.level)})`).join(t('list.separator'))}`,
        ),
    h(
      'footer',
      {},
      h(
        'span',
        {},
        t('print.sources', { sequence: summary.sequence }),
        session.kind === 'session' ? t('print.by', { user: session.name! }) : '',
        attribution === '' ? '' : ` · ${attribution}`,
      ),
      h('span', {}, `${number} / ${of}`),
    ),
  );
}
