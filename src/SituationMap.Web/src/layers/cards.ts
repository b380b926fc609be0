import { LngLatBounds } from 'maplibre-gl';
import { api } from '../api/client';
import type { GridSummary } from '../api/types';
import { h } from '../dom';
import { type Icon, icon } from '../frame/icons';
import type { Viewer } from '../frame/viewer';
import { letters } from '../theme/theme';
import { dressed, type Group, groupOf, groups, type LayerChoice, read, written } from './groups';
import './cards.css';

/** A card per layer: what it looks like, how many there are, whether, how strongly and in which order it is drawn. */
export function layerCards(viewer: Viewer): void {
  const { card, address, dressing, map, kiosk, t } = viewer;
  let choices = read(address.get('layers'));
  const values = new Map<Group, HTMLElement>(groups.map((group) => [group, h('span', { class: 'value' })]));
  const zoneNames = h('ul', { class: 'zone-names' });
  const list = h('ul', { class: 'layer-list' });
  const element = h(
    'section',
    { class: 'layers', 'aria-labelledby': 'layers-title' },
    h('h3', { id: 'layers-title' }, t('layers.title')),
    list,
  );
  const opened = new Set<Group>();

  dressing.add((style) => dressed(style, choices));
  card.put(element);
  card.summarised.on(describe);
  address.onChange(() => {
    if ((address.get('layers') ?? null) === written(choices)) return;
    choices = read(address.get('layers'));
    apply();
  });
  show();
  map.on('styledata', showBasemap);

  function apply(): void {
    address.set({ layers: written(choices) });
    dressing.again();
    show();
  }

  function change(group: Group, to: Partial<LayerChoice>): void {
    choices = choices.map((choice) => (choice.group === group ? { ...choice, ...to } : choice));
    apply();
  }

  function move(group: Group, by: -1 | 1): void {
    const from = choices.findIndex((choice) => choice.group === group);
    let to = from + by;
    // a base map that is not there is stepped over
    if (choices[to] && !isThere(choices[to]!.group)) to += by;
    if (!choices[to]) return;
    const next = [...choices];
    next.splice(to, 0, ...next.splice(from, 1));
    choices = next;
    apply();
  }

  function show(): void {
    const focused =
      document.activeElement instanceof HTMLElement && list.contains(document.activeElement)
        ? document.activeElement.dataset.key
        : undefined;
    list.replaceChildren(...choices.map(({ group, shown, opacity }) => row(group, shown, opacity)));
    if (focused !== undefined) list.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
    showBasemap();
  }

  function row(group: Group, shown: boolean, opacity: number): HTMLElement {
    const name = t(`layer.${group}`);
    const label = h(
      'label',
      {},
      h('span', {}, t('layers.opacity')),
      h('input', {
        type: 'range',
        min: 10,
        max: 100,
        step: 10,
        value: Math.round(opacity * 100),
        'data-key': `${group}-opacity`,
        'aria-label': t('layers.opacity.of', { layer: name }),
        onchange: (event: Event) => change(group, { opacity: Number((event.target as HTMLInputElement).value) / 100 }),
      }),
    );
    const button = (key: string, name_: Icon, text: string, run: () => void) =>
      h(
        'button',
        { type: 'button', class: 'icon', 'data-key': `${group}-${key}`, 'aria-label': text, title: text, onclick: run },
        icon(name_),
      );
    const options = h(
      'div',
      { class: 'options', id: `layer-${group}`, hidden: !opened.has(group) },
      label,
      h(
        'div',
        { class: 'buttons' },
        button('up', 'up', t('layers.up', { layer: name }), () => move(group, -1)),
        button('down', 'down', t('layers.down', { layer: name }), () => move(group, 1)),
        button('fit', 'fit', t('layers.fit', { layer: name }), () => void fit(group)),
      ),
    );
    const more = button('more', 'more', t('layers.more', { layer: name }), () => {
      if (!opened.delete(group)) opened.add(group);
      options.hidden = !opened.has(group);
      more.setAttribute('aria-expanded', String(!options.hidden));
    });
    more.setAttribute('aria-expanded', String(opened.has(group)));
    more.setAttribute('aria-controls', `layer-${group}`);
    const eye = h(
      'button',
      {
        type: 'button',
        class: 'icon eye',
        role: 'switch',
        'aria-checked': String(shown),
        'data-key': `${group}-eye`,
        'aria-label': t('layers.show', { layer: name }),
        title: t('layers.show', { layer: name }),
        onclick: () => change(group, { shown: !shown }),
      },
      icon(shown ? 'eye' : 'eye-off'),
    );
    return h(
      'li',
      { class: shown ? 'layer' : 'layer away', 'data-layer': group },
      h(
        'div',
        { class: 'row' },
        symbol(group),
        h('span', { class: 'name' }, name),
        values.get(group)!,
        ...(kiosk ? [] : [more, eye]),
      ),
      group === 'zones' ? zoneNames : group === 'checkpoints' ? passages() : null,
      options,
    );
  }

  /** Its legend. */
  function symbol(group: Group): HTMLElement {
    const chip = (style: string, letter = '') => h('span', { class: `chip ${style}`, 'aria-hidden': 'true' }, letter);
    if (group === 'checkpoints') return chip('post', letters.checkpoint);
    if (group === 'zones') return chip('zone');
    return chip(`layer-${group}`);
  }

  /** What the arrow beside a checkpoint means. */
  function passages(): HTMLElement {
    return h(
      'p',
      { class: 'passages' },
      h('span', {}, `→ ${letters.checkpoint}`),
      t('layers.passage.in'),
      h('span', {}, `${letters.checkpoint} →`),
      t('layers.passage.out'),
    );
  }

  function describe(summary: GridSummary): void {
    const set = (group: Group, text: string) => {
      values.get(group)!.textContent = text;
    };
    set('checkpoints', t('card.checkpoints.value', { n: summary.checkpoints, manned: summary.checkpointsManned }));
    set('zones', summary.zones.length === 0 ? t('layers.zones.none') : t('layers.zones', { n: summary.zones.length }));
    set('buildings', t('layers.buildings', { n: summary.buildings }));
    zoneNames.replaceChildren(
      ...summary.zones.map((zone) =>
        h('li', {}, h('span', {}, zone.name), h('span', { class: 'second' }, t.or(`level.${zone.level}`, zone.level))),
      ),
    );
  }

  function isThere(group: Group): boolean {
    return group !== 'basemap' || map.getStyle()?.layers.some((layer) => groupOf(layer) === group) === true;
  }

  function showBasemap(): void {
    list.querySelector<HTMLElement>('[data-layer=basemap]')?.toggleAttribute('hidden', !isThere('basemap'));
  }

  async function fit(group: Group): Promise<void> {
    if (group !== 'zones' && group !== 'checkpoints') return viewer.home();
    const bounds = new LngLatBounds();
    const extend = (part: unknown): void => {
      if (!Array.isArray(part)) return;
      if (typeof part[0] === 'number') bounds.extend(part as [number, number]);
      else part.forEach(extend);
    };
    if (group === 'zones') {
      const { at } = viewer.time.query;
      const { zones } = await api.zones(at === undefined ? {} : { at });
      for (const zone of zones) extend(zone.outline.coordinates);
    } else {
      for (const feature of map.querySourceFeatures('situation', { sourceLayer: 'checkpoints' }))
        extend(feature.geometry.type === 'Point' ? feature.geometry.coordinates : []);
    }
    if (bounds.isEmpty()) viewer.notices.show(t('layers.nothing', { layer: t(`layer.${group}`) }), 4_000);
    else map.fitBounds(bounds, { padding: viewer.padding(), maxZoom: 18 });
  }
}
