import { byId, h } from '../dom';
import type { Viewer } from '../frame/viewer';
import './help.css';

const seen = 'situationmap.seen';

/** What the colours mean, where things are and which key does what; at the first visit three lines of it by themselves. */
export function help({ t, menu, keys, main, appearance, place }: Viewer): void {
  const dialog = h('dialog', { id: 'help', 'aria-labelledby': 'help-title' });
  main.append(dialog);
  menu.add({ icon: 'help', label: t('help.label'), run: () => open() });
  keys.add('?', 'help.label', () => open());
  if (localStorage.getItem(seen) === null && place.grid !== null) welcome();

  function open(): void {
    const palette = h(
      'label',
      { class: 'setting' },
      h('input', {
        type: 'checkbox',
        ...(appearance.palette === 'classic' ? { checked: true } : {}),
        onchange: (event: Event) => appearance.use((event.target as HTMLInputElement).checked ? 'classic' : 'default'),
      }),
      t('help.palette'),
    );
    const rows = [
      ...keys.all.map(({ key, does }) => [key === ' ' ? t('help.space') : key, t(does)] as const),
      ['↑ ↓ ← →', t('help.arrows')],
      ['+ −', t('help.zoom')],
      ['Enter', t('help.enter')],
      ['Esc', t('help.escape')],
    ] as const;
    dialog.replaceChildren(
      h(
        'header',
        {},
        h('h2', { id: 'help-title' }, t('help.label')),
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
        h('h3', {}, t('help.read')),
        ...(['colour', 'stroke', 'zone', 'why', 'live'] as const).map((part) => h('p', {}, t(`help.read.${part}`))),
        h('h3', {}, t('help.keys')),
        h('dl', {}, ...rows.flatMap(([key, does]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, does)])),
        h('h3', {}, t('help.settings')),
        palette,
      ),
    );
    dialog.showModal();
  }

  function welcome(): void {
    const done = () => {
      localStorage.setItem(seen, '1');
      element.remove();
    };
    const element = h(
      'section',
      { id: 'welcome', 'aria-label': t('welcome.label') },
      h('h2', {}, t('welcome.label')),
      ...(['look', 'click', 'search'] as const).map((part) => h('p', {}, t(`welcome.${part}`))),
      h(
        'div',
        { class: 'buttons' },
        h('button', { type: 'button', class: 'primary', onclick: done }, t('welcome.done')),
        h(
          'button',
          {
            type: 'button',
            class: 'quiet',
            onclick: () => {
              done();
              open();
            },
          },
          t('welcome.more'),
        ),
      ),
    );
    main.insertBefore(element, byId('drawer'));
  }
}
