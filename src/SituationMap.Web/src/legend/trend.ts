import { api } from '../api/client';
import { looking, looks } from '../api/types';
import type { CardState } from '../frame/card';
import type { SessionParts } from '../frame/parts';
import { throttle } from '../ui/throttle';

const days = 7;
const stepsPerDay = 4;
const every = 600_000; // ms; what is newer stands in the counts

/** Keeps how the counts came to be what they are: over a week up to what the page shows. */
export function trend(card: CardState, { coveredArea: { grid }, time }: SessionParts): void {
  if (grid === null) return;
  // one at a time, and the last asked is the last shown: a slider asks often
  const ask = throttle(250, async () => {
    const to = time.moment === null ? new Date() : new Date(time.moment.at);
    const from = new Date(to.getTime() - days * 86_400_000);
    const until = time.moment === null ? {} : { to: to.toISOString() };
    try {
      const { points } = await api.series(grid, {
        from: from.toISOString(),
        ...until,
        steps: String(days * stepsPerDay),
      });
      card.trend.value = new Map(looks.map((look) => [look, points.map((point) => looking(point, look))]));
    } catch {
      card.trend.value = null; // the counts stand without
    }
  });
  ask();
  setInterval(() => !document.hidden && ask(), every);
  time.changed.on(ask);
}
