import type { Map as MapLibreMap } from 'maplibre-gl';
import { api } from '../api/client';
import type { Hello, StatusChanges } from '../api/types';
import { byId } from '../dom';
import type { Translator } from '../i18n/messages';
import type { Times } from '../i18n/times';
import type { Card } from '../legend/card';
import { source, tileAccess } from '../map/access';
import { Pulses } from '../map/pulse';
import { TileRefresher } from '../map/refresher';
import type { Notices } from '../notices';
import type { Drawer } from '../panel/drawer';
import { LiveConnection } from './connection';
import { throttle } from './throttle';

export interface Followed {
  map: MapLibreMap;
  /** The grid whose counts the card shows; null while the store is empty. */
  grid: string | null;
  /** The sequence of the feed up to which the page was loaded. */
  sequence: number;
  card: Card;
  drawer: Drawer;
  notices: Notices;
  t: Translator;
  times: Times;
}

/** Keeps everything on the page at the server's present: colours at once, then tiles, counts and the open drawer. */
export function follow({ map, grid, sequence, card, drawer, notices, t, times }: Followed): LiveConnection {
  const refresher = new TileRefresher(tileAccess(map));
  const pulses = new Pulses(map, byId('pulses') as unknown as SVGElement);
  const colours = new Map<number, string>();
  // the server's clock may differ from this machine's
  let ahead = 0;
  let shown: number | null = null;
  const shownClock = () => times.clock(shown ?? Date.now());

  const counts = throttle(250, async () => {
    if (grid === null) return;
    try {
      card.summary(await api.summary(grid));
    } catch {
      card.summaryFailed();
      setTimeout(counts, 2_000);
    }
  });
  counts();

  const seen = ({ now, confirmedAt }: Hello) => {
    ahead = Date.parse(now) - Date.now();
    shown = Date.parse(confirmedAt);
  };

  const live = new LiveConnection(sequence, {
    state: (state) => {
      card.connection(state, shown);
      if (state === 'live') notices.clear();
      else if (state !== 'connecting') notices.show(t(`live.notice.${state}`, { time: shownClock() }));
    },
    hello: (hello, again) => {
      seen(hello);
      if (!again) return;
      notices.show(t('live.notice.back'), 3_000);
      refresher.refreshAll();
      counts();
      drawer.refresh();
    },
    heartbeat: seen,
    status: (changes) => {
      colour(map, changes);
      refresher.changed(changes.sequence, [
        ...changes.buildings.map(({ id }) => ({ layer: 'buildings' as const, id })),
        ...changes.households.map(({ id }) => ({ layer: 'households' as const, id })),
      ]);
      for (const { id, status } of changes.buildings) {
        if (colours.get(id) !== status) pulses.pulse(id, status);
        colours.set(id, status);
      }
      drawer.changed(changes);
      counts();
    },
    zone: () => counts(),
    tiles: (changes) => {
      // the store is not empty any more: start over with a place to show
      if (grid === null) location.reload();
      refresher.announce(changes.sequence, changes.tiles);
      counts();
    },
    reload: () => location.reload(),
  });

  map.on('sourcedata', () => refresher.pump());
  map.on('idle', () => refresher.pump());
  // a tile that came back unmodified says nothing
  setInterval(() => refresher.pump(), 500);
  setInterval(() => {
    if (live.state === 'live') shown = Date.now() + ahead;
    card.connection(live.state, shown);
  }, 250);
  addEventListener('online', () => live.networkChanged(true));
  addEventListener('offline', () => live.networkChanged(false));
  live.start();
  return live;
}

/** The new colours, before any tile is fetched. */
function colour(map: MapLibreMap, { buildings, households }: StatusChanges): void {
  if (!map.getSource(source)) return;
  for (const { id, status } of buildings) map.setFeatureState({ source, sourceLayer: 'buildings', id }, { status });
  for (const { id, status, surveyed } of households) map.setFeatureState({ source, sourceLayer: 'households', id }, { status, surveyed });
}
