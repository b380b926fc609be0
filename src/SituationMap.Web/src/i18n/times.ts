import type { Translator } from './messages';

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

interface Parts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

export type Times = ReturnType<typeof timesIn>;

/** Times as a grid worker says them, in the deployment's time zone and the chosen language. */
export function timesIn(timeZone: string, t: Translator, now: () => number = Date.now) {
  const format = new Intl.DateTimeFormat('en-US-u-ca-gregory-hc-h23', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = (instant: number): Parts =>
    Object.fromEntries(
      format.formatToParts(instant).map((part) => [part.type, Number(part.value)]),
    ) as unknown as Parts;
  const two = (n: number) => String(n).padStart(2, '0');

  const dayOf = ({ year, month, day }: Parts, withYear = year !== parts(now()).year): string =>
    t(withYear ? 'time.day.year' : 'time.day', {
      year: String(year),
      month: t.language === 'en' ? months[month - 1]! : month,
      day,
    });

  return {
    /** 12:04 */
    minute: (instant: number): string => {
      const { hour, minute } = parts(instant);
      return `${two(hour)}:${two(minute)}`;
    },
    /** 12:04:31 */
    clock: (instant: number): string => {
      const { hour, minute, second } = parts(instant);
      return `${two(hour)}:${two(minute)}:${two(second)}`;
    },
    /** 2 月 5 日 09:00; only the time when it is today. */
    moment: (iso: string): string => {
      const at = parts(Date.parse(iso));
      const today = parts(now());
      const time = `${two(at.hour)}:${two(at.minute)}`;
      return at.year === today.year && at.month === today.month && at.day === today.day
        ? time
        : t('time.dayTime', { day: dayOf(at), time });
    },
    /** 2 月 5 日 09:00, midnight and today included. */
    exact: (iso: string): string => {
      const at = parts(Date.parse(iso));
      return t('time.dayTime', { day: dayOf(at), time: `${two(at.hour)}:${two(at.minute)}` });
    },
    /** 2026 年 2 月 5 日 09:00, for paper, which is read in other years. */
    dated: (iso: string): string => {
      const at = parts(Date.parse(iso));
      return t('time.dayTime', { day: dayOf(at, true), time: `${two(at.hour)}:${two(at.minute)}` });
    },
    /** As `<input type="datetime-local">` has it. */
    input: (iso: string): string => {
      const { year, month, day, hour, minute } = parts(Date.parse(iso));
      return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
    },
    /** The instant, in ms since 1970, of what such an input holds; null where it holds none. */
    parse: (input: string): number | null => {
      const asUtc = Date.parse(`${input}Z`);
      if (Number.isNaN(asUtc)) return null;
      const { year, month, day, hour, minute } = parts(asUtc);
      return asUtc - (Date.UTC(year, month - 1, day, hour, minute) - asUtc);
    },
    /** 2 月 5 日 */
    day: (iso: string): string => dayOf(parts(Date.parse(iso))),
    /** 2/5, for the axis of a chart. */
    shortDay: (instant: number): string => {
      const { month, day } = parts(instant);
      return t.language === 'en' ? `${day} ${months[month - 1]!.slice(0, 3)}` : `${month}/${day}`;
    },
    /** 2 月 5 日 09:00, whatever today is. */
    since: (iso: string): string => {
      const at = parts(Date.parse(iso));
      return at.hour + at.minute + at.second === 0
        ? dayOf(at)
        : t('time.dayTime', { day: dayOf(at), time: `${two(at.hour)}:${two(at.minute)}` });
    },
    /** An end: midnight is the end of the day before, 2 月 19 日 24 时. */
    until: (iso: string): string => {
      const instant = Date.parse(iso);
      const at = parts(instant);
      if (at.hour + at.minute + at.second === 0) return t('time.endOfDay', { day: dayOf(parts(instant - 1000)) });
      return t('time.dayTime', { day: dayOf(at), time: `${two(at.hour)}:${two(at.minute)}` });
    },
    duration: (milliseconds: number): string =>
      milliseconds < 1000
        ? t('duration.milliseconds', { n: Math.round(milliseconds) })
        : t('duration.seconds', { n: Math.round(milliseconds / 100) / 10 }),
  };
}
