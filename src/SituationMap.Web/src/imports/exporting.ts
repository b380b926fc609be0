import { may } from '../access/session';
import { h, replaceContent } from '../dom';
import type { Viewer } from '../frame/viewer';
import type { MessageKey } from '../i18n/messages';

const open = ['buildings', 'grids', 'households', 'checkpoints', 'zones'] as const;
const personal = ['persons', 'returnees', 'contacts', 'readings'] as const;
/** Of the purposes that the server knows, those that say enough by themselves. */
const purposes = ['contact-tracing', 'visit', 'medical-care', 'supplies', 'correction', 'subject-request'] as const;
const formats = ['xlsx', 'csv', 'geojson', 'gpkg'] as const;

/** What can be taken out: one collection or ledger in one format. What is about persons takes a word what for, which is kept. */
export function exporting({ t, session }: Viewer): HTMLElement {
  const kinds = [...open, ...(may(session, 'seePersons') ? personal : [])];
  const kind = h(
    'select',
    { id: 'export-kind', onchange: () => show() },
    ...kinds.map((name) => h('option', { value: name }, t(`data.kind.${name}` as MessageKey))),
  );
  const format = h(
    'select',
    { id: 'export-format', onchange: () => show() },
    ...formats.map((name) => h('option', { value: name }, t(`data.format.${name}`))),
  );
  const purpose = h(
    'select',
    { id: 'export-purpose', 'aria-describedby': 'export-purpose-hint', onchange: () => show() },
    h('option', { value: '' }, t('data.choose')),
    ...purposes.map((name) => h('option', { value: name }, t(`data.purpose.${name}`))),
  );
  const about = h('p', { class: 'second' });
  const why = h(
    'div',
    { class: 'field' },
    h('label', { for: 'export-purpose' }, t('data.export.purpose')),
    purpose,
    h('p', { class: 'second', id: 'export-purpose-hint' }, t('data.export.purpose.hint')),
  );
  const foot = h('div', { class: 'buttons' });
  const element = h(
    'div',
    { class: 'form' },
    h('div', { class: 'field' }, h('label', { for: 'export-kind' }, t('data.export.kind')), kind, about),
    h('div', { class: 'field' }, h('label', { for: 'export-format' }, t('data.export.format')), format),
    why,
    foot,
  );

  function show(): void {
    const isPersonal = (personal as readonly string[]).includes(kind.value);
    about.textContent = t(`data.export.about.${kind.value}` as MessageKey);
    why.hidden = !isPersonal;
    const query = new URLSearchParams({ format: format.value, ...(isPersonal ? { purpose: purpose.value } : {}) });
    replaceContent(
      foot,
      isPersonal && purpose.value === ''
        ? h('button', { type: 'button', class: 'primary', disabled: true }, t('data.export.download'))
        : h(
            'a',
            {
              class: 'button primary',
              href: `api/exports/${kind.value}?${query}`,
              download: `${kind.value}.${format.value}`,
              'data-key': 'download',
            },
            t('data.export.download'),
          ),
    );
  }
  show();
  return element;
}
