import { ApiError, api } from '../api/client';
import type { FoundThing, SearchPage } from '../api/types';
import { h } from '../dom';
import { icon } from '../frame/icons';
import type { Viewer } from '../frame/viewer';
import { chip } from '../legend/card';
import type { Drawer } from '../panel/drawer';
import { letters } from '../theme/theme';
import './search.css';

const pause = 120; // ms after the last key

/** What a found grid is opened with. */
export type OpenGrid = (grid: string) => void;

/** The field at the top: a grid, an address, a household's code, a checkpoint, or the initials of their pinyin. */
export function search(viewer: Viewer, drawer: Drawer, openGrid: OpenGrid): void {
  const { t, map, main, keys } = viewer;
  const input = h('input', {
    type: 'search',
    id: 'search-field',
    role: 'combobox',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: t(matchMedia('(min-width: 641px)').matches ? 'search.placeholder' : 'search.label'),
    'aria-label': t('search.label'),
    'aria-expanded': 'false',
    'aria-controls': 'search-results',
    'aria-autocomplete': 'list',
    enterkeyhint: 'search',
  });
  const results = h('ul', { id: 'search-results', role: 'listbox', 'aria-label': t('search.results'), hidden: true });
  const said = h('p', { class: 'unseen', role: 'status' });
  const element = h(
    'section',
    { id: 'search', role: 'search' },
    h('div', { class: 'field' }, icon('search'), input),
    results,
    said,
  );
  main.insertBefore(element, document.getElementById('drawer'));
  keys.add('/', 'search.label', () => input.focus());
  let running: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let found: FoundThing[] = [];
  let active = -1;

  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), pause);
  });
  input.addEventListener('focus', () => {
    if (found.length > 0) open(true);
  });
  element.addEventListener('focusout', (event) => {
    if (!element.contains(event.relatedTarget as Node | null)) open(false);
  });
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (found.length > 0)
        point((active + (event.key === 'ArrowDown' ? 1 : found.length + (active < 0 ? 0 : -1))) % found.length);
    } else if (event.key === 'Enter') {
      clearTimeout(timer);
      void (async () => {
        if (running !== null || found.length === 0) await ask();
        const chosen = found[Math.max(active, 0)];
        if (chosen) choose(chosen);
      })();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      if (results.hidden) {
        input.value = '';
        found = [];
        map.getCanvas().focus();
      } else open(false);
    }
  });

  async function ask(): Promise<void> {
    running?.abort();
    const query = input.value.trim();
    if (query === '') {
      found = [];
      open(false);
      return;
    }
    const own = new AbortController();
    running = own;
    try {
      show(await api.search(query, own.signal), query);
    } catch (error) {
      if (own.signal.aborted) return;
      found = [];
      message(t(error instanceof ApiError && error.status !== null ? 'panel.trouble' : 'panel.unreachable'));
    }
    if (running === own) running = null;
  }

  function show(page: SearchPage, query: string): void {
    found = page.found;
    active = -1;
    if (found.length === 0) return message(t('search.none', { query }));
    results.replaceChildren(
      ...found.map((one, index) =>
        h(
          'li',
          {
            role: 'option',
            id: `found-${index}`,
            'aria-selected': 'false',
            onpointerdown: (event: Event) => event.preventDefault(),
            onclick: () => choose(one),
          },
          symbol(one),
          h('span', { class: 'name' }, one.name),
          h('span', { class: 'second' }, t(`search.kind.${one.kind}`)),
        ),
      ),
    );
    if (page.next !== null) results.append(h('li', { class: 'second more', role: 'presentation' }, t('search.more')));
    said.textContent = t('search.found', { n: found.length });
    open(true);
  }

  function message(text: string): void {
    results.replaceChildren(h('li', { class: 'second', role: 'presentation' }, text));
    said.textContent = text;
    open(true);
  }

  function symbol(one: FoundThing): HTMLElement {
    if (one.status !== null) return chip(one.status);
    return one.kind === 'checkpoint'
      ? h('span', { class: 'chip post', 'aria-hidden': 'true' }, letters.checkpoint)
      : h('span', { class: `chip ${one.kind === 'grid' ? 'layer-grids' : 'plain'}`, 'aria-hidden': 'true' });
  }

  function point(index: number): void {
    active = index;
    for (const [at, option] of [...results.children].entries())
      option.setAttribute('aria-selected', String(at === index));
    input.setAttribute('aria-activedescendant', `found-${index}`);
    results.children[index]?.scrollIntoView({ block: 'nearest' });
  }

  function open(shown: boolean): void {
    results.hidden = !shown;
    input.setAttribute('aria-expanded', String(shown));
    if (!shown) input.removeAttribute('aria-activedescendant');
  }

  function choose(one: FoundThing): void {
    open(false);
    input.value = one.name;
    if (one.kind === 'grid') openGrid(one.code);
    else if (one.kind !== 'checkpoint')
      void drawer.open({ building: one.building!, household: one.kind === 'household' ? one.code : null });
    map.fitBounds(one.bounds, { padding: viewer.padding(), maxZoom: one.kind === 'grid' ? 17 : 18 });
  }
}
