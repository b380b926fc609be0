import { api } from '../api/client';
import type { Hello } from '../api/types';
import { byId } from '../dom';
import type { Viewer } from '../frame/viewer';
import { PresentMap } from '../map/present';
import type { Drawer } from '../panel/drawer';
import { LiveConnection } from './connection';
import { streamsFor } from './streams';
import { throttle } from './throttle';

/** Keeps everything on the page at the server's present: colours at once, then tiles, counts and the open drawer. */
export function follow(
  { map, place, card, notices, t, times, time, feed, session }: Viewer,
  drawer: Drawer,
): LiveConnection {
  const { grid, sequence } = place;
  const present = new PresentMap(map, byId('pulses') as unknown as SVGElement);
  let shown: number | null = null;
  const shownClock = () => times.clock(shown ?? Date.now());

  const counts = throttle(
    250,
    async () => {
      if (grid === null || document.hidden) return;
      try {
        card.summary(await api.summary(grid, time.query));
      } catch {
        card.summaryFailed();
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
        card.connection(state, shown, time.moment);
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
        feed.again.tell();
      },
      heartbeat: seen,
      status: (changes) => {
        feed.status.tell(changes);
        // a past moment does not change
        if (time.moment !== null) return;
        present.status(changes);
        drawer.changed(changes);
        counts();
      },
      zone: (changes) => {
        feed.zone.tell(changes);
        present.edited();
        counts();
      },
      edited: () => present.edited(),
      tiles: (changes) => {
        // the store is not empty any more: start over at the place there is now, unless somebody is at work who begins anew by hand
        if (grid === null && !document.body.classList.contains('drawer-open'))
          location.replace(location.pathname + location.search);
        if (time.moment === null) {
          present.tiles(changes);
          counts();
        }
        feed.advanced.tell();
      },
      reload: () => location.reload(),
    },
    streamsFor(session.name ?? ''),
  );

  time.changed.on(() => {
    // what the feed said is of the present; coming back, the tiles are fetched anew and say it themselves
    present.forgetAll();
    counts();
    card.connection(live.state, shown, time.moment);
  });
  setInterval(() => {
    if (live.state === 'live') shown = Date.now() + (time.ahead ?? 0);
    card.connection(live.state, shown, time.moment);
  }, 250);
  addEventListener('online', () => live.networkChanged(true));
  addEventListener('offline', () => live.networkChanged(false));
  live.start();
  return live;
}
