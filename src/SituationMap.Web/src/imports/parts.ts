import { h } from '../dom';
import type { Viewer } from '../frame/viewer';
import type { Translator } from '../i18n/messages';
import type { Importable, Order, Report } from './client';
import { csv, fieldName, why } from './words';

const shownRows = 8;
const shownColumns = 12;
type Change = (order: Order) => void;

/** What is to be known of the file as a whole, and where something else is right, a button that says so. */
export function findings(
  { t }: Viewer,
  { findings: found }: Pick<Report, 'findings'>,
  order: Order,
  change: Change,
): HTMLElement[] {
  const button = (label: string, next: Order) => h('button', { type: 'button', onclick: () => change(next) }, label);
  return found.map(({ code, words, refuses, crs, field }) =>
    h(
      'div',
      { class: refuses ? 'finding refuses' : 'finding' },
      h(
        'p',
        {},
        t
          .or(`data.finding.${code}`, words)
          .replaceAll('{crs}', crs === null ? '' : t.or(`data.system.${crs}`, crs))
          .replaceAll('{field}', field === null ? '' : fieldName(field, t)),
      ),
      h(
        'div',
        { class: 'buttons' },
        crs !== null
          ? button(t('data.fix.crs', { crs: t.or(`data.system.${crs}`, crs) }), { ...order, crs, swapAxes: false })
          : null,
        code === 'axes-swapped' ? button(t('data.fix.swap'), { ...order, swapAxes: !order.swapAxes }) : null,
        code === 'crs-shifted' ? button(t('data.fix.trust'), { ...order, trustCrs: true }) : null,
      ),
    ),
  );
}

/** How many rows are what; they add up to the file's. */
export function counts({ rows, added, changed, unchanged, rejected, outcome }: Report, t: Translator): HTMLElement {
  const line = (change: string, label: string, n: number) =>
    h(
      'div',
      { class: n === 0 ? 'none' : '' },
      h('dt', { 'data-change': change }, label),
      h('dd', { 'data-count': change }, t.number(n)),
    );
  const was = outcome === 'imported';
  return h(
    'dl',
    { class: 'rows' },
    line('new', t(was ? 'data.count.added' : 'data.count.new'), added),
    line('changed', t(was ? 'data.count.updated' : 'data.count.changed'), changed),
    line('same', t('data.count.same'), unchanged),
    line('rejected', t(was ? 'data.count.left' : 'data.count.rejected'), rejected),
    h('div', { class: 'sum' }, h('dt', {}, t('data.count.rows')), h('dd', { 'data-count': 'rows' }, t.number(rows))),
  );
}

/** The rows that are not taken, each with its reason, and those that were mended. */
export function faults(report: Report, known: Importable, t: Translator): HTMLElement[] {
  const fields = known.collections.find(({ name }) => name === report.as)!.fields;
  const row = (number: number, code: string | null, said: string) =>
    h(
      'li',
      {},
      h('span', { class: 'second' }, t('data.row', { n: number }), code === null ? '' : ` · ${code}`),
      h('span', {}, said),
    );
  const more = (of: number) =>
    of > shownRows ? h('p', { class: 'second' }, t('data.more', { n: of - shownRows })) : null;
  const { rejections, mended, rejected } = report;
  return [
    rejected > 0 &&
      h(
        'details',
        { class: 'faults', open: true },
        h('summary', {}, t('data.rejected', { n: rejected })),
        h('ul', {}, ...rejections.slice(0, shownRows).map((one) => row(one.row, one.code, why(one, fields, t)))),
        more(rejected),
        h(
          'div',
          { class: 'buttons' },
          h(
            'button',
            {
              type: 'button',
              onclick: () =>
                download(
                  report,
                  csv([
                    ['row', 'code', 'field', 'fault', t('data.reason')],
                    ...rejections.map((one) => [
                      String(one.row),
                      one.code ?? '',
                      one.field,
                      one.fault,
                      why(one, fields, t),
                    ]),
                  ]),
                ),
            },
            rejected > rejections.length ? t('data.download.first', { n: rejections.length }) : t('data.download'),
          ),
        ),
      ),
    mended.length > 0 &&
      h(
        'details',
        { class: 'faults' },
        h('summary', {}, t('data.mended', { n: mended.length })),
        h(
          'ul',
          {},
          ...mended
            .slice(0, shownRows)
            .map(({ row: number, code, what }) =>
              row(number, code, t('data.mended.what', { where: / at (.*)$/.exec(what)?.[1] ?? what })),
            ),
        ),
        more(mended.length),
      ),
  ].filter((part) => part !== false);
}

function download({ file }: Report, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  h('a', { href: url, download: `${file.replace(/\.[^.]*$/, '')}-rejected.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

type Read = Pick<Report, 'layers' | 'layer' | 'crs' | 'columns' | 'mapping' | 'unused' | 'findings'>;

/** How the file is read: its layer, its coordinate system, and which column is what; each can be changed. */
export function reading(
  viewer: Viewer,
  known: Importable,
  order: Order,
  report: Read | null,
  change: Change,
): HTMLElement {
  const { t } = viewer;
  const { fields, placeFields } = known.collections.find(({ name }) => name === order.as)!;
  const option = (value: string, label: string, selected: boolean) =>
    h('option', { value, ...(selected ? { selected: true } : {}) }, label);
  const choose = (id: string, label: string, options: HTMLElement[], chosen: (value: string) => void) => {
    const select = h('select', { id, 'data-key': id, onchange: () => chosen(select.value) }, ...options);
    return h('div', { class: 'field' }, h('label', { for: id }, label), select);
  };
  const crs = order.crs ?? report?.crs ?? null;
  const parts: (HTMLElement | null)[] = [];
  if (report && report.layers.length > 0) {
    parts.push(
      choose(
        'import-layer',
        t('data.layer'),
        [
          ...(report.layer === null ? [option('', t('data.choose'), true)] : []),
          ...report.layers.map((name) => option(name, name, name === report.layer)),
        ],
        (layer) => change({ ...order, layer: layer || null, map: new Map() }),
      ),
    );
  }
  if (placeFields.length > 0) {
    const systems = known.systems.filter(
      ({ code, area }) => code === crs || viewer.place.grid === null || overlap(area, viewer.place.bounds),
    );
    parts.push(
      choose(
        'import-crs',
        t('data.crs'),
        [
          ...(crs === null ? [option('', t('data.choose'), true)] : []),
          ...systems.map(({ code, name }) =>
            option(code, t.or(`data.system.${code}`, `${code} · ${name}`), code === crs),
          ),
        ],
        (value) => change({ ...order, crs: value || null, trustCrs: false }),
      ),
    );
    const swap = h('input', {
      type: 'checkbox',
      'data-key': 'swap',
      ...(order.swapAxes ? { checked: true } : {}),
      onchange: () => change({ ...order, swapAxes: swap.checked }),
    });
    parts.push(h('label', { class: 'check' }, swap, t('data.swap')));
  }
  if (report && report.columns.length > 0) {
    parts.push(
      h('h3', {}, t('data.columns')),
      ...[
        ...fields.map(({ name, isRequired }) => ({ name, isRequired })),
        ...placeFields.map((name) => ({ name, isRequired: false })),
      ].map(({ name, isRequired }) => column(viewer, name, isRequired, order, report, change)),
      report.unused.length > 0
        ? h(
            'p',
            { class: 'second' },
            t(report.unused.length > shownColumns ? 'data.unused.more' : 'data.unused', {
              columns: report.unused.slice(0, shownColumns).join(t('list.separator')),
              n: report.unused.length - shownColumns,
            }),
          )
        : null,
    );
  }
  const isOpen =
    report === null ||
    report.findings.some(({ code }) => code === 'field-unmapped' || code === 'layer-unknown') ||
    order.map.size > 0 ||
    order.crs !== null;
  return h(
    'details',
    { class: 'reading', ...(isOpen ? { open: true } : {}) },
    h('summary', {}, t('data.reading')),
    ...parts.filter((part) => part !== null),
  );
}

/** Where one field comes from: a column, a text, or nowhere. */
function column(
  { t }: Viewer,
  field: string,
  isRequired: boolean,
  order: Order,
  report: Read,
  change: Change,
): HTMLElement {
  const id = `import-field-${field}`;
  const mapped = report.mapping.find((one) => one.field === field);
  const told = order.map.get(field);
  const text = told && 'text' in told && told.text !== '' ? told.text : null;
  const to = (from: { column: string } | { text: string }) =>
    change({ ...order, map: new Map(order.map).set(field, from) });
  const written = h('input', {
    id: `${id}-text`,
    'data-key': `${id}-text`,
    value: text ?? '{row}',
    hidden: text === null,
    'aria-label': t('data.text.of', { field: fieldName(field, t), row: '{row}' }),
    onchange: () => to({ text: written.value }),
  });
  const select = h(
    'select',
    {
      id,
      'data-key': id,
      onchange: () => {
        if (select.value === 'text') {
          written.hidden = false;
          written.focus();
          to({ text: written.value });
        } else to(select.value === '' ? { text: '' } : { column: select.value.slice(1) });
      },
    },
    h('option', { value: '', ...(mapped?.column ? {} : { selected: true }) }, t('data.column.none')),
    ...report.columns
      .filter((name) => name !== '')
      .map((name) =>
        h(
          'option',
          { value: `=${name}`, ...(mapped?.column === name ? { selected: true } : {}) },
          name === '(geometry)' ? t('data.column.geometry') : name,
        ),
      ),
    h('option', { value: 'text', ...(text === null ? {} : { selected: true }) }, t('data.column.text')),
  );
  return h(
    'div',
    { class: 'column' },
    h(
      'label',
      { for: id },
      fieldName(field, t),
      isRequired ? h('span', { class: 'second' }, ` · ${t('data.required')}`) : null,
    ),
    h('div', {}, select, mapped?.isGuessed ? h('span', { class: 'second' }, t('data.guessed')) : null, written),
  );
}

const overlap = (
  [w, s, e, n]: [number, number, number, number],
  [west, south, east, north]: [number, number, number, number],
): boolean => w <= east && e >= west && s <= north && n >= south;
