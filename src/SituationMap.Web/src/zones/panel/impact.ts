import { statuses } from '../../api/types';
import { h } from '../../dom';
import type { Translator } from '../../i18n/messages';
import { chip } from '../../legend/card';
import type { Impact } from '../client';

/** Whom a draft hits, in numbers that add up: the same households before and after. */
export function impactTable(
  impact: Impact,
  t: Translator,
  close: (closed: GeoJSON.Polygon | GeoJSON.MultiPolygon) => void,
): HTMLElement {
  const { borders } = impact;
  const { inside, before, after } = impact;
  const total = (counts: Impact['before']) => statuses.reduce((sum, status) => sum + counts[status], 0);
  const row = (label: HTMLElement | string, from: number, to: number, mark?: HTMLElement) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, mark, label),
      h('td', {}, t.number(from)),
      h('td', {}, h('b', {}, t.number(to))),
    );
  const line = (key: Parameters<Translator>[0], value: string) => h('div', {}, h('dt', {}, t(key)), h('dd', {}, value));
  const list = (title: string, items: string[]) =>
    items.length === 0
      ? null
      : h('details', {}, h('summary', {}, title), h('ul', {}, ...items.map((item) => h('li', {}, item))));
  return h(
    'div',
    { class: 'impact' },
    ...impact.mended.map(({ code }) => h('p', { class: 'mended' }, t.or(`zones.mended.${code}`, t('zones.mended')))),
    borders
      ? h(
          'div',
          { class: 'borders' },
          h(
            'p',
            {},
            t('zones.borders', {
              n: borders.faults.length,
              m2: Math.round(borders.faults.reduce((sum, fault) => sum + fault.squareMetres, 0)),
            }),
          ),
          h(
            'div',
            { class: 'actions' },
            h('button', { type: 'button', onclick: () => close(borders.closed) }, t('zones.borders.close')),
          ),
        )
      : null,
    impact.parts.length === 0
      ? null
      : h('p', {}, t('zones.impact.parts', { names: impact.parts.map(({ name }) => name).join(', ') })),
    h(
      'table',
      {},
      h('caption', {}, t('zones.impact')),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          h('th', { scope: 'col' }, t('card.status')),
          h('th', { scope: 'col' }, t('zones.impact.now')),
          h('th', { scope: 'col' }, t('zones.impact.after')),
        ),
      ),
      h(
        'tbody',
        {},
        ...statuses.map((status) => row(t(`status.${status}`), before[status], after[status], chip(status))),
        row(t('zones.impact.sum'), total(before), total(after)),
      ),
    ),
    h(
      'dl',
      {},
      line(
        'zones.impact.inside',
        t('card.total', { households: t.households(inside.households), persons: t.persons(inside.persons) }),
      ),
      line('zones.impact.over65', t.persons(inside.over65)),
      line('zones.impact.children', t.persons(inside.childrenAlone)),
      line('zones.impact.delivery', t.households(impact.delivery.households)),
      line(
        'zones.impact.checkpoints',
        t('zones.impact.checkpoints.value', { needed: impact.checkpointsNeeded, crossings: impact.crossings.length }),
      ),
    ),
    list(
      t('zones.impact.cut', { n: impact.buildingsCut.length }),
      impact.buildingsCut.map((one) =>
        t(one.isInside ? 'zones.impact.cut.in' : 'zones.impact.cut.out', {
          address: one.address,
          households: t.households(one.households),
        }),
      ),
    ),
    list(
      t('zones.impact.grids', { n: impact.grids.length }),
      impact.grids.map((grid) => `${grid.name} · ${t.households(grid.households)}`),
    ),
    list(
      t('zones.impact.zones', { n: impact.zones.length }),
      impact.zones.map((zone) => `${zone.name} · ${t('zones.area', { n: Math.round(zone.squareMetres) })}`),
    ),
  );
}
