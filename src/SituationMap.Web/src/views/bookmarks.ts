import { byId, h } from '../dom';
import { valueIn } from '../frame/address';
import { icon } from '../frame/icons';
import type { Viewer } from '../frame/viewer';
import { remember, remembered, type Stop, wallLink } from './stops';
import './bookmarks.css';

/** Views kept under a name, on this machine; together they make the round of a wall. */
export function bookmarks({ t, tools, keys, main, notices, map }: Viewer): void {
  const list = h('ul', {});
  const name = h('input', {
    type: 'text',
    maxlength: 40,
    'aria-label': t('bookmarks.name'),
    placeholder: t('bookmarks.name'),
  });
  const form = h(
    'form',
    {
      onsubmit: (event: Event) => {
        event.preventDefault();
        const text = name.value.trim();
        if (text === '') return name.focus();
        save([...remembered().filter((stop) => stop.name !== text), { name: text, hash: location.hash }]);
        name.value = '';
      },
    },
    name,
    h('button', { type: 'submit' }, t('bookmarks.add')),
  );
  const foot = h('div', { class: 'foot' });
  const element = h(
    'section',
    { id: 'bookmarks', hidden: true, 'aria-label': t('bookmarks.label') },
    h(
      'header',
      {},
      h('h2', {}, t('bookmarks.label')),
      h('button', { type: 'button', class: 'icon close', 'aria-label': t('panel.close'), onclick: () => toggle() }),
    ),
    form,
    list,
    foot,
  );
  main.insertBefore(element, byId('drawer'));
  const button = tools.add('bookmark', t('bookmarks.label'), toggle);
  button.setAttribute('aria-expanded', 'false');
  keys.add('b', 'bookmarks.label', toggle);
  element.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    toggle();
  });

  function toggle(): void {
    element.hidden = !element.hidden;
    button.setAttribute('aria-expanded', String(!element.hidden));
    if (element.hidden) return button.focus();
    show();
    name.focus();
  }

  function save(stops: Stop[]): void {
    remember(stops);
    show();
  }

  function show(): void {
    const stops = remembered();
    list.replaceChildren(
      ...stops.map((stop) =>
        h(
          'li',
          {},
          h('button', { type: 'button', class: 'link', onclick: () => visit(stop) }, stop.name),
          h(
            'button',
            {
              type: 'button',
              class: 'icon',
              'aria-label': t('bookmarks.remove', { name: stop.name }),
              title: t('bookmarks.remove', { name: stop.name }),
              onclick: () => save(remembered().filter((one) => one.name !== stop.name)),
            },
            icon('close'),
          ),
        ),
      ),
    );
    foot.replaceChildren(
      stops.length === 0
        ? h('p', { class: 'second' }, t('bookmarks.none'))
        : h(
            'a',
            { href: wallLink(stops, location.href), target: '_blank', rel: 'noopener' },
            icon('screen'),
            t('bookmarks.wall'),
          ),
      h(
        'button',
        {
          type: 'button',
          class: 'quiet',
          onclick: () =>
            void navigator.clipboard.writeText(location.href).then(() => notices.show(t('bookmarks.copied'), 2_500)),
        },
        t('bookmarks.copy'),
      ),
    );
  }

  /** The view at once; all else of the address is read by whoever it concerns. */
  function visit(stop: Stop): void {
    location.hash = stop.hash;
    const [zoom, latitude, longitude] = (valueIn(stop.hash, 'map') ?? '').split('/').map(Number);
    if (zoom !== undefined && latitude !== undefined && longitude !== undefined)
      map.jumpTo({ zoom, center: [longitude, latitude] });
  }
}
