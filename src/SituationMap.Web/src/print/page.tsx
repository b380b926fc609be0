import type { ComponentChildren } from 'preact';
import { type CountsByLook, type GridSummary, looking, looks } from '../api/types';
import type { SessionParts } from '../frame/parts';
import type { MessageKey, Translator } from '../i18n/messages';
import { Chip, Sign } from '../theme/chip';
import { letters } from '../theme/theme';
import type { Picture } from './picture';

export interface Page {
  summary: GridSummary;
  picture: Picture;
}

interface SheetProps extends Page {
  session: SessionParts;
  number: number;
  of: number;
}

/** One sheet: the map, its legend, the numbers, and where they come from. */
export function Sheet({ summary, picture, session, number, of }: SheetProps) {
  const { t } = session;
  return (
    <article class="sheet">
      <header>
        <h1>{titleOf(summary, session)}</h1>
        <p>{asOf(summary, session)}</p>
      </header>
      <figure style={{ aspectRatio: String(picture.aspect) }}>
        <img alt="" src={picture.src} />
        <div class="scale-bar" style={{ width: `${picture.bar.part * 100}%` }}>
          {picture.bar.text}
        </div>
        <div class="north">{t('print.north')}</div>
      </figure>
      <Legend t={t} />
      <Numbers summary={summary} t={t} />
      <p>{zonesOf(summary, t)}</p>
      <footer>
        <span>{sourcesOf({ summary, picture }, session)}</span>
        <span>{`${number} / ${of}`}</span>
      </footer>
    </article>
  );
}

export const titleOf = (summary: GridSummary, { t, name }: SessionParts): string =>
  summary.name === name ? `${name} · ${t('title')}` : `${name} · ${summary.name}`;

/** Of which time it is. */
export const asOf = (summary: GridSummary, { t, times, time: { moment } }: SessionParts): string =>
  moment === null
    ? t('print.at', { time: times.dated(summary.asOf) })
    : t(`live.past.${moment.known}`, { time: times.dated(moment.at) });

/** The zones in force, in a line. */
export function zonesOf(summary: GridSummary, t: Translator): string {
  const zones = summary.zones.map((zone) => `${zone.name} (${t.or(`level.${zone.level}`, zone.level)})`);
  return zones.length === 0 ? t('card.zones.none') : `${t('situation.zones')}: ${zones.join(t('list.separator'))}`;
}

/** What it was made of, and by whom. */
export const sourcesOf = ({ summary, picture }: Page, { t, session }: SessionParts): string =>
  [
    t('print.sources', { sequence: summary.sequence }) +
      (session.kind === 'session' ? t('print.by', { user: session.name! }) : ''),
    picture.attribution,
  ]
    .filter((part) => part !== '')
    .join(' · ');

function Legend({ t }: { t: Translator }) {
  return (
    <ul class="legend">
      {looks.map((look) => (
        <li key={look}>
          <Chip status={look} />
          {t(`status.${look}`)}
        </li>
      ))}
      <li>
        <Sign kind="zone" />
        {t('layer.zones')}
      </li>
      <li>
        <Sign kind="post" />
        {t('layer.checkpoints')}
      </li>
      <li>{`→ ${letters.checkpoint} ${t('layers.passage.in')}`}</li>
      <li>{`${letters.checkpoint} → ${t('layers.passage.out')}`}</li>
    </ul>
  );
}

const heads: readonly MessageKey[] = ['print.households', 'print.persons'];

function Numbers({ summary, t }: { summary: GridSummary; t: Translator }) {
  return (
    <table>
      <thead>
        <tr>
          <Head>{t('situation.grid')}</Head>
          {looks.map((look) => (
            <Head key={look}>{t(`status.${look}`)}</Head>
          ))}
          {heads.map((head) => (
            <Head key={head}>{t(head)}</Head>
          ))}
        </tr>
      </thead>
      <tbody>
        {summary.children.map((child) => (
          <Row key={child.code} label={child.name} counts={child} t={t} />
        ))}
        <Row label={summary.children.length > 0 ? t('situation.sum') : summary.name} counts={summary} t={t} isSum />
      </tbody>
    </table>
  );
}

function Head({ children }: { children: ComponentChildren }) {
  return <th scope="col">{children}</th>;
}

interface RowProps {
  label: string;
  counts: CountsByLook & { households: number; persons: number };
  t: Translator;
  isSum?: boolean;
}

function Row({ label, counts, t, isSum = false }: RowProps) {
  return (
    <tr class={isSum ? 'sum' : undefined}>
      <th scope="row">{label}</th>
      {looks.map((look) => (
        <td key={look}>{t.number(looking(counts, look))}</td>
      ))}
      <td>{t.number(counts.households)}</td>
      <td>{t.number(counts.persons)}</td>
    </tr>
  );
}
