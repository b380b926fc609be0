import { api } from '../api/client';
import type { Hello } from '../api/types';
import type { MapParts, PageParts, SessionParts } from '../frame/parts';
import { LiveConnection, type LiveState } from '../live/connection';
import { streamsFor } from '../live/streams';
import { PresentMap } from '../map/present';
import type { Drawer } from '../panel/drawer';
import { byId } from '../ui/page';
import { throttle } from '../ui/throttle';

/** Keeps everything on the page at the server's present: colours at once, then tiles, counts and the open drawer. */
export function follow(
  { card, notices, mode }: PageParts,
  { coveredArea, t, times, time, feed, session }: SessionParts,
  { map }: MapParts,
  drawer: Drawer,
): LiveConnection {
  const { grid, sequence } = coveredArea;
  const present = new PresentMap(map, byId('pulses') as unknown as SVGElement);
  let shown: number | null = null;
  const tell = (state: LiveState) => {
    card.freshness.value = { state, instant: shown, moment: time.moment };
  };
  const shownClock = () => times.clock(shown ?? Date.now());

  const counts = throttle(
    250,
    async () => {
      if (grid === null || document.hidden) return;
      try {
        card.summary.value = await api.summary(grid, time.query);
      } catch {
        card.failed.value = true;
        setTimeout(counts, 2_000);
      }
    },
    () => (time.moment === null ? 1_000 : 250),
  ); // a slider is waited for
  counts();
  document.addEventListener('visibilitychange', () => counts());

  const seen = ({ now, confirmedAt }: Hello) => {
    time.ahead = Date.parse(now) - Date.now();
    shown = Date.parse(confirmedAt);
  };

  const live = new LiveConnection(
    sequence,
    {
      state: (state) => {
        tell(state);
        if (state === 'live') notices.clear();
        else if (state !== 'connecting') notices.show(t(`live.notice.${state}`, { time: shownClock() }));
      },
      hello: (hello, again) => {
        seen(hello);
        if (!again) return;
        notices.show(t('live.notice.back'), 3_000);
        present.refreshAll();
        counts();
        drawer.refresh();
        feed.again.emit();
      },
      heartbeat: seen,
      status: (changes) => {
        feed.status.emit(changes);
        // a past moment does not change
        if (time.moment !== null) return;
        present.status(changes);
        drawer.changed(changes);
        counts();
      },
      zone: (changes) => {
        feed.zone.emit(changes);
        present.edited();
        counts();
      },
      edited: () => present.edited(),
      covered: () => feed.covered.emit(),
      acknowledged: ({ acknowledgements }) => feed.acknowledged.emit(acknowledgements),
      tiles: (changes) => {
        // the store is not empty any more: start over at the area covered now, unless somebody is at work who begins
        // anew by hand
        if (grid === null && !mode.is('side')) location.replace(location.pathname + location.search);
        if (time.moment === null) {
          present.tiles(changes);
          counts();
        }
        feed.advanced.emit();
      },
      reload: () => location.reload(),
    },
    streamsFor(session.name ?? ''),
  );

  time.changed.on(() => {
    // what the feed said is of the present; coming back, the tiles are fetched anew and say it themselves
    present.forgetAll();
    counts();
    tell(live.state);
  });
  setInterval(() => {
    if (live.state === 'live') shown = Date.now() + (time.ahead ?? 0);
    tell(live.state);
  }, 250);
  addEventListener('online', () => live.networkChanged(true));
  addEventListener('offline', () => live.networkChanged(false));
  live.start();
  return live;
}
