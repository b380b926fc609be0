import { api } from '../api/client';
import { looking, looks } from '../api/types';
import type { CardState } from '../frame/card';
import type { SessionParts } from '../frame/parts';

const days = 7;
const stepsPerDay = 4;
const every = 600_000; // ms; what is newer stands in the counts

/** Keeps how the counts came to be what they are: over a week up to what the page shows. */
export function trend(card: CardState, { coveredArea: { grid }, time }: SessionParts): void {
  if (grid === null) return;
  const ask = async () => {
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
  };
  void ask();
  setInterval(() => !document.hidden && void ask(), every);
  time.changed.on(() => void ask());
}
