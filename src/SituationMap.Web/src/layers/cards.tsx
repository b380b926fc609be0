import { type Signal, signal, useSignal } from '@preact/signals';
import { LngLatBounds } from 'maplibre-gl';
import { api } from '../api/client';
import type { GridSummary } from '../api/types';
import type { CardState } from '../frame/card';
import type { MapParts, PageParts, SessionParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';
import { Sign } from '../theme/chip';
import { type Icon, LineIcon } from '../theme/icons';
import { letters } from '../theme/theme';
import { dressed, type Group, groupOf, type LayerChoice, read, written } from './groups';
import { type Measure, measureOf, shaded } from './shades';
import { MeasureChoice, Shades } from './shading';
import './cards.css';

const shadesUntil = 13; // the zoom; nearer, the buildings say it

interface Actions {
  change: (group: Group, to: Partial<LayerChoice>) => void;
  move: (group: Group, by: -1 | 1) => void;
  fit: (group: Group) => void;
  shade: (measure: Measure) => void;
}

/** A card per layer: what it looks like, how many there are, whether, how strongly and in which order it is drawn. */
export function layerCards(page: PageParts, session: SessionParts, { map, dressing, padding, home }: MapParts): void {
  const { address, slots, card, notices } = page;
  const { t, kiosk, time } = session;
  const choices = signal(read(address.get('layers')));
  const hasBasemap = signal(false);

  const measure = signal(measureOf(address.get('shade')));
  const isFar = signal(map.getZoom() < shadesUntil);

  dressing.add((style) => dressed(shaded(style, measure.peek()), choices.peek()));
  map.on('zoom', () => {
    isFar.value = map.getZoom() < shadesUntil;
  });
  address.onChange(() => {
    if (measureOf(address.get('shade')) !== measure.peek()) shade(measureOf(address.get('shade')));
    if ((address.get('layers') ?? null) !== written(choices.peek())) apply(read(address.get('layers')));
  });
  map.on('styledata', () => {
    hasBasemap.value = map.getStyle()?.layers.some((layer) => groupOf(layer) === 'basemap') === true;
  });
  slots.put(
    'layers',
    <Layers
      choices={choices}
      hasBasemap={hasBasemap}
      measure={measure}
      isFar={isFar}
      card={card}
      t={t}
      actions={kiosk ? null : { change, move, shade, fit: (group) => void fit(group) }}
    />,
  );

  function apply(next: LayerChoice[]): void {
    choices.value = next;
    address.amend({ layers: written(next) });
    dressing.again();
  }

  function shade(next: Measure): void {
    measure.value = next;
    address.amend({ shade: next === 'share' ? null : next });
    dressing.again();
  }

  function change(group: Group, to: Partial<LayerChoice>): void {
    apply(choices.peek().map((choice) => (choice.group === group ? { ...choice, ...to } : choice)));
  }

  function move(group: Group, by: -1 | 1): void {
    const next = [...choices.peek()];
    const from = next.findIndex((choice) => choice.group === group);
    let to = from + by;
    // a base map that is not there is stepped over
    if (next[to]?.group === 'basemap' && !hasBasemap.peek()) to += by;
    if (!next[to]) return;
    next.splice(to, 0, ...next.splice(from, 1));
    const focused = document.activeElement;
    apply(next);
    // what is moved within the page loses it
    if (focused instanceof HTMLElement) focused.focus();
  }

  async function fit(group: Group): Promise<void> {
    if (group !== 'zones' && group !== 'checkpoints') {
      home();
      return;
    }
    const bounds = new LngLatBounds();
    const extend = (part: unknown): void => {
      if (!Array.isArray(part)) return;
      if (typeof part[0] === 'number') bounds.extend(part as [number, number]);
      else part.forEach(extend);
    };
    if (group === 'zones') {
      const { at } = time.query;
      const { zones } = await api.zones(at === undefined ? {} : { at });
      for (const zone of zones) extend(zone.outline.coordinates);
    } else {
      for (const { geometry } of map.querySourceFeatures('situation', { sourceLayer: 'checkpoints' }))
        if (geometry.type === 'Point') extend(geometry.coordinates);
    }
    if (bounds.isEmpty()) notices.show(t('layers.nothing', { layer: t(`layer.${group}`) }), 4_000);
    else map.fitBounds(bounds, { padding: padding(), maxZoom: 18 });
  }
}

interface LayersProps {
  choices: Signal<LayerChoice[]>;
  hasBasemap: Signal<boolean>;
  measure: Signal<Measure>;
  isFar: Signal<boolean>;
  card: CardState;
  t: Translator;
  actions: Actions | null;
}

function Layers({ choices, hasBasemap, measure, isFar, card, t, actions }: LayersProps) {
  return (
    <section class="layers" aria-labelledby="layers-title">
      <h3 id="layers-title">{t('layers.title')}</h3>
      <ul class="layer-list">
        {choices.value.map((choice) => (
          <Layer
            key={choice.group}
            choice={choice}
            isThere={choice.group !== 'basemap' || hasBasemap.value}
            summary={card.summary.value}
            measure={measure.value}
            isFar={isFar.value}
            t={t}
            actions={actions}
          />
        ))}
      </ul>
    </section>
  );
}

interface LayerProps {
  choice: LayerChoice;
  isThere: boolean;
  summary: GridSummary | null;
  measure: Measure;
  isFar: boolean;
  t: Translator;
  actions: Actions | null;
}

function Layer({ choice: { group, shown, opacity }, isThere, summary, measure, isFar, t, actions }: LayerProps) {
  const name = t(`layer.${group}`);
  const isOpen = useSignal(false);
  const button = (key: string, icon: Icon, label: string, run: () => void) => (
    <button type="button" class="icon" data-key={`${group}-${key}`} aria-label={label} title={label} onClick={run}>
      <LineIcon icon={icon} />
    </button>
  );
  return (
    <li class={shown ? 'layer' : 'layer away'} data-layer={group} hidden={!isThere}>
      <div class="row">
        <Sign kind={group === 'checkpoints' ? 'post' : group === 'zones' ? 'zone' : `layer-${group}`} />
        <span class="name">{name}</span>
        <span class="value">{summary && countOf(group, summary, t)}</span>
        {actions && (
          <>
            <button
              type="button"
              class="icon"
              data-key={`${group}-more`}
              aria-label={t('layers.more', { layer: name })}
              title={t('layers.more', { layer: name })}
              aria-expanded={isOpen.value}
              aria-controls={`layer-${group}`}
              onClick={() => {
                isOpen.value = !isOpen.value;
              }}
            >
              <LineIcon icon="more" />
            </button>
            <button
              type="button"
              class="icon eye"
              role="switch"
              aria-checked={shown}
              data-key={`${group}-eye`}
              aria-label={t('layers.show', { layer: name })}
              title={t('layers.show', { layer: name })}
              onClick={() => actions.change(group, { shown: !shown })}
            >
              <LineIcon icon={shown ? 'eye' : 'eye-off'} />
            </button>
          </>
        )}
      </div>
      {group === 'zones' ? <ZoneNames zones={summary?.zones ?? []} t={t} /> : null}
      {group === 'grids' && isFar && summary ? <Shades measure={measure} t={t} /> : null}
      {group === 'checkpoints' ? <Passages t={t} /> : null}
      {actions && (
        <div class="options" id={`layer-${group}`} hidden={!isOpen.value}>
          <label>
            <span>{t('layers.opacity')}</span>
            <input
              type="range"
              min={10}
              max={100}
              step={10}
              value={Math.round(opacity * 100)}
              data-key={`${group}-opacity`}
              aria-label={t('layers.opacity.of', { layer: name })}
              onChange={(event) => actions.change(group, { opacity: Number(event.currentTarget.value) / 100 })}
            />
          </label>
          <div class="buttons">
            {button('up', 'up', t('layers.up', { layer: name }), () => actions.move(group, -1))}
            {button('down', 'down', t('layers.down', { layer: name }), () => actions.move(group, 1))}
            {button('fit', 'fit', t('layers.fit', { layer: name }), () => actions.fit(group))}
          </div>
          {group === 'grids' && <MeasureChoice measure={measure} t={t} choose={actions.shade} />}
        </div>
      )}
    </li>
  );
}

function countOf(group: Group, summary: GridSummary, t: Translator): string {
  if (group === 'checkpoints')
    return t('card.checkpoints.value', { n: summary.checkpoints, manned: summary.checkpointsManned });
  if (group === 'zones')
    return summary.zones.length === 0 ? t('layers.zones.none') : t('layers.zones', { n: summary.zones.length });
  return group === 'buildings' ? t('layers.buildings', { n: summary.buildings }) : '';
}

function ZoneNames({ zones, t }: { zones: GridSummary['zones']; t: Translator }) {
  return (
    <ul class="zone-names">
      {zones.map((zone) => (
        <li key={zone.code}>
          <span>{zone.name}</span>
          <span class="second">{t.or(`level.${zone.level}`, zone.level)}</span>
        </li>
      ))}
    </ul>
  );
}

/** What the arrow beside a checkpoint means. */
function Passages({ t }: { t: Translator }) {
  return (
    <p class="passages">
      <span>{`→ ${letters.checkpoint}`}</span>
      {t('layers.passage.in')}
      <span>{`${letters.checkpoint} →`}</span>
      {t('layers.passage.out')}
    </p>
  );
}
