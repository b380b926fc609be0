import { api } from '../api/client';
import { looking, looks } from '../api/types';
import type { SessionParts } from '../frame/parts';
import type { Translator } from '../i18n/messages';

/** What on the map is no building. */
export interface Thing {
  kind: 'checkpoint' | 'zone' | 'road' | 'grid';
  /** Null: the map knows none. */
  code: string | null;
  name: string;
  /** Of a zone its level, of a grid its rank in the tree, of a road its class. */
  level: string | null;
  isManned: boolean;
  /** In which direction somebody last went through a checkpoint: in or out. */
  passage: string | null;
}

export interface Fact {
  label: string;
  value: string;
}

/** One line about it. */
export function inShort({ kind, level, isManned, passage }: Thing, t: Translator): string {
  if (kind === 'zone') return level === null ? '' : t.or(`level.${level}`, level);
  if (kind === 'road') return t.or(`thing.road.${level}`, t('thing.road'));
  if (kind === 'grid') return t.or(`thing.grid.${level}`, t('thing.grid.grid'));
  const manned = t(isManned ? 'thing.manned' : 'thing.unmanned');
  return passage === 'in' || passage === 'out' ? `${manned} · ${t(`thing.last.${passage}`)}` : manned;
}

/** What the server knows of it at the shown time. */
export async function factsOf(
  { kind, code }: Thing,
  { t, times }: SessionParts,
  query: Record<string, string>,
  signal: AbortSignal,
): Promise<Fact[]> {
  if (code === null) return [];
  if (kind === 'grid') {
    const summary = await api.summary(code, query, signal);
    return [
      ...looks.map((look) => ({ label: t(`status.${look}`), value: t.households(looking(summary, look)) })),
      { label: t('zones.impact.sum'), value: t.households(summary.households) },
    ];
  }
  if (kind === 'zone') {
    const zone = (await api.zones(query, signal)).zones.find((one) => one.code === code);
    if (!zone) return [];
    return [
      ...(zone.from === null ? [] : [{ label: t('thing.zone.from'), value: times.exact(zone.from) }]),
      { label: t('thing.zone.to'), value: zone.to === null ? t('zones.sign.open') : times.exact(zone.to) },
      { label: t('thing.zone.code'), value: t('thing.zone.version', { code, n: zone.version }) },
    ];
  }
  if (kind === 'road') return [];
  const { hours, last, sources } = await api.passages(code, query.at === undefined ? {} : { at: query.at }, signal);
  const passed = (count: number) => {
    const some = hours.slice(-count);
    const sum = (way: 'in' | 'out') => some.reduce((all, hour) => all + hour[way], 0);
    return t('thing.passages.value', { in: sum('in'), out: sum('out') });
  };
  return [
    ...[1, 3, 24].map((n) => ({ label: t('thing.passages', { n }), value: passed(n) })),
    { label: t('thing.passages.last'), value: last === null ? t('thing.passages.none') : times.exact(last) },
    ...(sources.length === 0
      ? []
      : [
          {
            label: t('thing.passages.by'),
            value: sources
              .slice(0, 3)
              .map(({ source, passages }) => `${source} (${t.number(passages)})`)
              .join(t('list.separator')),
          },
        ]),
  ];
}
